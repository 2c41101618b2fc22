import { type VNode } from "preact";
import { type Place, type Session } from "../../api";
import { session } from "../stores/session";
import { Text } from "./text";

/** A place of the source, as a link that opens it in the editor if the server knows how. */
export function EditorLink({ place }: { readonly place: Place }): VNode {
  const text = place.line === null ? place.file : `${place.file}:${place.line}`;
  const href = session.value === null ? null : editorHref(session.value, place);
  if (href === null) return <Text value={text} />;
  return (
    <a class="code" href={href}>
      <Text value={text} />
    </a>
  );
}

/**
 * Returns null without an editor or a project, or if its address would run something in this page.
 */
function editorHref({ editor, project }: Session, { file, line }: Place): string | null {
  if (editor === null || project === null || !/^[a-z][a-z0-9+.-]*:/i.test(editor)) return null;
  if (/^(?:javascript|data|blob|vbscript):/i.test(editor)) return null;
  // On Windows, an address has a slash before the drive's letter.
  const folder = project.replaceAll("\\", "/").replace(/^\/?/, "/").replace(/\/$/, "");
  const path = `${folder}/${file}`.split("/").map(encodeURIComponent).join("/").replace("%3A", ":");
  // A template that has a slash before the path already needs no second one.
  return editor
    .replaceAll("/{file}", () => path)
    .replaceAll("{file}", () => path)
    .replaceAll("{line}", String(line ?? 1));
}
