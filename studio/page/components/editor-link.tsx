import { type VNode } from "preact";
import { type Place } from "../../api";
import { session } from "../stores/session";
import { Text } from "./text";

/** A place of the source, which opens in the editor where the server knows how. */
export function EditorLink({ place }: { readonly place: Place }): VNode {
  const text = place.line === null ? place.file : `${place.file}:${place.line}`;
  const href = editorHref(session.value?.editor ?? null, place);
  if (href === null) return <Text value={text} />;
  return (
    <a class="code" href={href}>
      <Text value={text} />
    </a>
  );
}

/** Null without an editor, or where its address would run something in this page. */
export function editorHref(template: string | null, { file, line }: Place): string | null {
  if (template === null || !/^[a-z][a-z0-9+.-]*:/i.test(template)) return null;
  if (/^(?:javascript|data|blob|vbscript):/i.test(template)) return null;
  const path = file.split("/").map(encodeURIComponent).join("/");
  return template.replaceAll("{file}", () => path).replaceAll("{line}", String(line ?? 1));
}
