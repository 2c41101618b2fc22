/** Functions of packages that return a part of the request that is being served. */
export const packageFunctions: ReadonlyMap<string, RegExp> = new Map([
  ["next/headers", /^(?:cookies|headers|draftMode)$/],
  ["next-auth", /^(?:getServerSession|auth)$/],
  ["next-auth/next", /^getServerSession$/],
  ["@clerk/nextjs/server", /^(?:auth|currentUser)$/],
  ["@sveltejs/kit", /^getRequestEvent$/],
  ["$app/server", /^getRequestEvent$/],
  ["hono/context-storage", /^getContext$/],
  [
    "@tanstack/react-start/server",
    /^(?:get(?:Web)?Request|getHeaders?|getCookies?|getSession|useSession)$/,
  ],
  ["vinxi/http", /^(?:get(?:Web)?Request|getHeaders?|getCookies?|getEvent|getSession|useSession)$/],
  ["h3", /^useEvent$/],
  ["nitropack/runtime", /^useEvent$/],
  ["next-intl/server", /^get(?:Locale|Translations|Messages|Formatter|TimeZone)$/],
  ["nuxt/app", /^useRequest(?:Event|Headers?|URL)$/],
  ["#imports", /^use(?:Request(?:Event|Headers?|URL)|Event)$/],
  ["cls-hooked", /^getNamespace$/],
  ["continuation-local-storage", /^getNamespace$/],
  ["express-http-context", /^get$/],
  ["@fastify/request-context", /^(?:requestContext|asyncLocalStorage)$/],
  ["nestjs-request-context", /^RequestContext$/],
  ["async_hooks", /^executionAsync(?:Id|Resource)$/],
  ["node:async_hooks", /^executionAsync(?:Id|Resource)$/],
]);

/**
 * Methods that return a part of the request, on an object of the package:
 * `getCurrentScope().getUser()`.
 */
export const packageMethods: readonly { readonly from: RegExp; readonly name: RegExp }[] = [
  { from: /^@sentry\//, name: /^get(?:User|ScopeData|Session)$/ },
  { from: /^@opentelemetry\/api$/, name: /^(?:getActiveBaggage|getValue)$/ },
];

/** Packages whose namespaces hold what their callers put there. */
export const namespacePackages = /\b(?:cls-hooked|continuation-local-storage)\b/;

/** Objects of packages that hold it, as the default export or under a name. */
export const packageObjects: ReadonlySet<string> = new Set([
  "express-http-context",
  "@fastify/request-context",
  "nestjs-request-context",
]);

/**
 * Types that hold the caller's context. They are listed for programs in which their code can't be
 * seen.
 */
export const contextTypes =
  /^(?:Cls(?:Service|Store)?|(?:Async|Http|Request|Tenant|User|Session)Context(?:Service|Provider|Holder|Store|Storage|Accessor)?)$/;

/** Members of such a type that read the context. */
export const readers =
  /^(?:get|has|is|current|tenant|user|session|request|locale|store|value|id$)/i;

/** Objects of the platform that hold it, by their text. */
export const contextObjects = /^(?:Zone\.current|process\.domain|domain\.active)$/;
