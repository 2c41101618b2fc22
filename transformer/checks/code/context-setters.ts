/**
 * Methods that tell an object for whom it works from now on: `setToken(token)`,
 * `changeLanguage(language)`.
 */
const setters =
  /^(?:set|change|switch)(?:Default|Current|Active|Global|Request|Access|Auth|Bearer)*(?:Headers?|Token|Auth|Authori[sz]ation|Credentials|Tenant|TenantId|User|UserId|Schema|Locale|Language|Lng|Currency|Region|Context|ApiKey|FilterParams|SearchPath|Namespace|Scope|Claims|Role)$/;

export function isContextSetter(name: string): boolean {
  return setters.test(name);
}

/**
 * The same for methods that only ask if they are called with nothing, and whose result is then
 * used: `dayjs.locale(locale)`.
 */
export function isContextWord(name: string): boolean {
  return /^(?:locale|lang|language|tenant|region|currency|identify|impersonate)$/.test(name);
}
