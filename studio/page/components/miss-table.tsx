import { type VNode } from "preact";
import { type MissRow } from "../../api";
import { formatTime } from "../format/times";
import { wordsOfReason } from "../format/words";
import { type Column, DataTable } from "./data-table";
import { KeyLink } from "./key-link";
import { Text } from "./text";

const columns: readonly Column<MissRow>[] = [
  { title: "Time", cell: ({ at }) => formatTime(at) },
  { title: "Why", cell: (miss) => <Why miss={miss} /> },
  { title: "Key", cell: ({ key }, tabIndex) => <KeyLink value={key} tabIndex={tabIndex} /> },
  { title: "Process", cell: ({ process }) => <Text value={process} max={60} />, isWideOnly: true },
];

/** The last misses, newest first, each with its reason. */
export function MissTable({
  misses,
  caption,
}: {
  readonly misses: readonly MissRow[];
  readonly caption: string;
}): VNode {
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={misses.toSorted((a, b) => b.at - a.at)}
      keyOf={({ at, key, process, reason }) => `${at} ${key} ${process} ${reason}`}
      empty="No misses have been seen."
    />
  );
}

function Why({ miss: { reason, tag, detail } }: { readonly miss: MissRow }): VNode {
  return (
    <>
      {tag === null ? (
        <Text value={wordsOfReason(reason).label} max={60} />
      ) : (
        <>
          tag <Text value={tag} max={100} /> ended
        </>
      )}
      {detail !== null && (
        <span class="quiet">
          {" "}
          (<Text value={detail} />)
        </span>
      )}
    </>
  );
}
