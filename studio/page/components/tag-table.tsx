import { Fragment, type VNode } from "preact";
import { type TagRow } from "../../api";
import { formatCount } from "../format/numbers";
import { formatAgo } from "../format/times";
import { overview } from "../stores/live";
import { hrefOf } from "../stores/route";
import { type Column, DataTable } from "./data-table";
import { FunctionName } from "./function-name";
import { Text } from "./text";

/** Each tag with the code that invalidates it and the functions that have it. */
export function TagTable({
  tags,
  find,
}: {
  readonly tags: readonly TagRow[];
  readonly find: string;
}): VNode {
  const now = overview.value?.at ?? Date.now();
  const columns: readonly Column<TagRow>[] = [
    {
      title: "Tag",
      cell: ({ tag }, tabIndex) => (
        <a class="code" href={hrefOf("tags", { invalidate: tag })} tabIndex={tabIndex}>
          <Text value={tag} max={120} />
        </a>
      ),
      sortBy: ({ tag }) => tag,
    },
    {
      title: "Invalidated in",
      cell: ({ invalidatedIn }) =>
        invalidatedIn.length === 0 ? (
          <span class="bad">nothing</span>
        ) : (
          <Several of={invalidatedIn} show={(place) => <Text value={place} max={120} />} />
        ),
    },
    {
      title: "Functions",
      cell: ({ functions }) => (
        <Several of={functions} show={(name) => <FunctionName name={name} />} />
      ),
    },
    {
      title: "Invalidations",
      cell: ({ invalidations }) => formatCount(invalidations),
      isNumber: true,
      sortBy: ({ invalidations }) => invalidations,
      largestFirst: true,
    },
    {
      title: "Last",
      cell: ({ lastAt }) => (lastAt === null ? "–" : formatAgo(lastAt, now)),
      isNumber: true,
      sortBy: ({ lastAt }) => lastAt,
      largestFirst: true,
    },
  ];
  return (
    <DataTable
      caption="Tags"
      columns={columns}
      rows={tags}
      keyOf={({ tag }) => tag}
      empty="No tags are known: no function has one, or there is no lock file."
      searchBy={({ tag, functions, invalidatedIn }) =>
        [tag, ...functions, ...invalidatedIn].join(" ")
      }
      find={find}
    />
  );
}

const shown = 6;

function Several({
  of,
  show,
}: {
  readonly of: readonly string[];
  readonly show: (text: string) => VNode;
}): VNode {
  return (
    <>
      {of.slice(0, shown).map((text, i) => (
        <Fragment key={text}>
          {i > 0 && ", "}
          {show(text)}
        </Fragment>
      ))}
      {of.length > shown && `, and ${of.length - shown} more`}
    </>
  );
}
