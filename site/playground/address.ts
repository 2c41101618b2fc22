/**
 * The source text as part of the page's address, so that an example can be shared: deflated, in
 * base64url.
 */
export async function toAddress(source: string): Promise<string> {
  const bytes = await through(
    new TextEncoder().encode(source),
    new CompressionStream("deflate-raw"),
  );
  const text = btoa(Array.from(bytes, (byte) => String.fromCodePoint(byte)).join(""));
  return `#code=${text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

/** It is null if the address has no source, or one that was cut off. */
export async function fromAddress(hash: string): Promise<string | null> {
  const [, text] = /^#code=([\w-]+)$/.exec(hash) ?? [];
  if (text === undefined) return null;
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.codePointAt(0) ?? 0);
    return new TextDecoder().decode(await through(bytes, new DecompressionStream("deflate-raw")));
  } catch {
    return null;
  }
}

async function through(
  bytes: Uint8Array,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array> {
  const piped = new Blob([bytes as BlobPart]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(piped).arrayBuffer());
}
