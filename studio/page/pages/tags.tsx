import { type VNode } from "preact";
import { useState } from "preact/hooks";
import { type TagGraph, type TagRow } from "../../api";
import { Loading } from "../components/loading";
import { PageTitle } from "../components/page-title";
import { TagForm } from "../components/tag-form";
import { TagInvalidations } from "../components/tag-invalidations";
import { TagTable } from "../components/tag-table";
import { Text } from "../components/text";
import { TagLines } from "../charts/tag-lines";
import { useResource } from "../stores/resource";
import { hrefOf, route } from "../stores/route";

/** Which tags invalidate which entries, and where in the code. */
export function TagsPage(): VNode {
  const { query } = route.value;
  const [round, setRound] = useState(0);
  const graph = useResource<TagGraph>("tags", {}, { everyMs: 2000, round });
  const find = query.get("find") ?? "";
  return (
    <>
      <PageTitle title="Tags" />
      <TagForm
        key={query.get("invalidate") ?? ""}
        tag={query.get("invalidate") ?? ""}
        onDone={() => setRound((last) => last + 1)}
      />
      <Loading resource={graph}>
        {({ tags, recent }) => (
          <>
            <NeverInvalidated tags={tags} />
            <section aria-labelledby="recent">
              <h2 id="recent">Last invalidations</h2>
              <TagInvalidations recent={recent} />
            </section>
            <section aria-labelledby="graph">
              <h2 id="graph">Which code ends which functions' entries</h2>
              <TagLines tags={tags} />
              <TagTable key={find} tags={tags} find={find} />
            </section>
          </>
        )}
      </Loading>
    </>
  );
}

function NeverInvalidated({ tags }: { readonly tags: readonly TagRow[] }): VNode | null {
  const never = tags.filter(
    ({ invalidatedIn, invalidations }) => invalidatedIn.length === 0 && invalidations === 0,
  );
  if (never.length === 0) return null;
  return (
    <div class="advice hint">
      <p>
        <span class="grade">Hint:</span> Nothing in the program invalidates{" "}
        {never.length === 1 ? "this tag" : "these tags"}, so{" "}
        {never.length === 1 ? "it ends" : "they end"} no entry:
      </p>
      <ul class="inline">
        {never.slice(0, 20).map(({ tag }) => (
          <li key={tag}>
            <a class="code" href={hrefOf("tags", { find: tag })}>
              <Text value={tag} max={120} />
            </a>
          </li>
        ))}
        {never.length > 20 && <li>and {never.length - 20} more</li>}
      </ul>
    </div>
  );
}
