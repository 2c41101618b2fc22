/**
 * Methods that tell an object for whom it works from now on: `setToken(token)`,
 * `changeLanguage(language)`.
 */
const setters =
  /^(?:set|change|use|switch)(?:Default|Current|Active|Global|Request|Access|Auth|Bearer)*(?:Headers?|Tokens?|Auth\w*|Credentials|Tenant\w*|User\w*|Account|Schema|Locale|Language|Lng|Currency|Region|Context|Session|ApiKey)$/;

export function isContextSetter(name: string): boolean {
  return setters.test(name);
}
