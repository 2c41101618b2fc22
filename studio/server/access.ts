import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { type IncomingMessage } from "node:http";

/** What the user that sends the request may do. */
export interface Permission {
  readonly mayRead: boolean;
  readonly mayWrite: boolean;
  /** Why not, in a sentence for that user. */
  readonly whyNot: string | null;
}

export type Decide = (request: IncomingMessage) => boolean | Promise<boolean>;

export interface AccessOptions {
  readonly authorize?: Decide | undefined;
  readonly allowWrites?: boolean | Decide | undefined;
}

/** Headers that a proxy adds. Behind one, each request comes from the loopback address. */
const forwarded = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];

/** Decides who may see Studio, and who may change something. */
export class Access {
  /** A page of another site can't read the token, so its requests never have it. */
  readonly token = randomBytes(24).toString("base64url");

  constructor(private readonly options: AccessOptions) {}

  async permit(request: IncomingMessage): Promise<Permission> {
    const refusal = await this.#refuse(request);
    if (refusal !== null) return { mayRead: false, mayWrite: false, whyNot: refusal };
    const { allowWrites = false } = this.options;
    const mayWrite =
      typeof allowWrites === "function" ? await decide(allowWrites, request) : allowWrites === true;
    const whyNot = mayWrite
      ? null
      : "Studio is read-only here. The option allowWrites lets people invalidate, refresh and pause.";
    return { mayRead: true, mayWrite, whyNot };
  }

  async #refuse(request: IncomingMessage): Promise<string | null> {
    const { authorize } = this.options;
    if (authorize) return (await decide(authorize, request)) ? null : "Not authorized.";
    if (!isLoopback(request.socket.remoteAddress))
      return "Studio answers only to this machine, because it has no authorize function.";
    const proxy = forwarded.find((name) => request.headers[name] !== undefined);
    if (proxy !== undefined)
      return `Studio has no authorize function, and this request came through a proxy (${proxy}), so anybody may have sent it.`;
    // The name of another site may resolve to this machine (DNS rebinding).
    if (!isLocalName(request.headers.host))
      return "Studio answers only to the name localhost, because it has no authorize function.";
    return null;
  }

  /** Returns why a request that changes something is refused, or null. */
  refuseWrite(request: IncomingMessage): string | null {
    const { origin, host } = request.headers;
    if (origin !== undefined && hostOf(origin) !== host)
      return "This request comes from another site.";
    const site = request.headers["sec-fetch-site"];
    if (site !== undefined && site !== "same-origin")
      return "This request comes from another site.";
    const token = request.headers["x-zcache-token"];
    if (typeof token !== "string" || !isSame(token, this.token))
      return "The header x-zcache-token must have the token of this session.";
    return null;
  }
}

/** If the program's function fails, or returns anything but true, access is refused. */
async function decide(decision: Decide, request: IncomingMessage): Promise<boolean> {
  try {
    return (await decision(request)) === true;
  } catch {
    return false;
  }
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:::ffff:)?127\.|^::1$/.test(address);
}

function isLocalName(host: string | undefined): boolean {
  return host !== undefined && /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i.test(host);
}

function hostOf(origin: string): string | null {
  try {
    return new URL(origin).host;
  } catch {
    return null;
  }
}

function isSame(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
