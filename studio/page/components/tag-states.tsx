import { type VNode } from "preact";
import { type TagState } from "../../api";
import { hrefOf } from "../stores/route";
import { type Column, DataTable } from "./data-table";
import { Text } from "./text";

const columns: readonly Column<TagState>[] = [
  {
    title: "Tag",
    cell: ({ tag }, tabIndex) => (
      <a class="code" href={hrefOf("tags", { invalidate: tag })} tabIndex={tabIndex}>
        <Text value={tag} max={120} />
      </a>
    ),
  },
  {
    title: "Version",
    cell: ({ version }) => (version === null ? "–" : <Text value={version} max={60} />),
    isWideOnly: true,
  },
  { title: "Current", cell: ({ isCurrent }) => <Current isCurrent={isCurrent} /> },
  { title: "", cell: ({ detail }) => <Text value={detail} /> },
];

/**
 * The tags of an entry, and whether each still has the version that it had when the entry was
 * stored.
 */
export function TagStates({ tags }: { readonly tags: readonly TagState[] }): VNode {
  return (
    <DataTable
      caption="Tags of the entry"
      columns={columns}
      rows={tags}
      keyOf={({ tag }) => tag}
      empty="It has no tags."
    />
  );
}

function Current({ isCurrent }: { readonly isCurrent: boolean | null }): VNode {
  if (isCurrent === null) return <span class="quiet">not known</span>;
  return isCurrent ? <>yes</> : <strong class="bad">no</strong>;
}
