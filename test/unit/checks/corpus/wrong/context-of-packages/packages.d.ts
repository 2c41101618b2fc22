declare module "cls-hooked" {
  export interface Namespace {
    get(name: string): unknown;
    set(name: string, value: unknown): void;
  }
  export function createNamespace(name: string): Namespace;
}

declare module "nestjs-cls" {
  export class ClsService {
    get(name: string): unknown;
    set(name: string, value: unknown): void;
  }
}

declare module "@sentry/node" {
  export interface Scope {
    getUser(): { id: string } | undefined;
    setTag(name: string, value: string): void;
  }
  export function getCurrentScope(): Scope;
}

declare module "@opentelemetry/api" {
  export const context: { active(): { getValue(key: symbol): unknown } };
  export const trace: { getSpan(of: object): { setAttribute(name: string, value: number): void } | undefined };
}

declare module "next-auth" {
  export default function NextAuth(options: object): { auth(): Promise<{ user: string } | null> };
}

declare module "next-intl/server" {
  export function getLocale(): Promise<string>;
}
