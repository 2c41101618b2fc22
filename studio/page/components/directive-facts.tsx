import { Fragment, type VNode } from "preact";
import { type DirectiveRow } from "../../api";
import { hrefOf } from "../stores/route";
import { Fact } from "./fact";
import { Text } from "./text";

/** What the lock file says about a function. */
export function DirectiveFacts({ directive }: { readonly directive: DirectiveRow }): VNode {
  const {
    key,
    parameters,
    namespace,
    tags,
    ttl,
    codec,
    cache,
    batch,
    version,
    fingerprint,
    returns,
  } = directive;
  return (
    <dl class="facts">
      <Fact name="Key">
        <code>
          <Text value={key} max={400} />
        </code>
      </Fact>
      <Fact name="Parameters">
        {parameters.length === 0 ? "none" : <Text value={parameters.join(", ")} max={400} />}
      </Fact>
      <Fact name="Tags">
        {tags.length === 0
          ? "none: only its key and its ttl end an entry"
          : tags.map((tag, i) => (
              <Fragment key={tag}>
                {i > 0 && ", "}
                <a class="code" href={hrefOf("tags", { find: tag })}>
                  <Text value={tag} />
                </a>
              </Fragment>
            ))}
      </Fact>
      <Fact name="Ttl">{ttl === null ? "the cache's own" : <Text value={ttl} />}</Fact>
      <Fact name="Codec">{codec === null ? "the cache's own" : <Text value={codec} />}</Fact>
      <Fact name="Result">
        <code>
          <Text value={returns} max={300} />
        </code>
      </Fact>
      <Fact name="Fingerprint">
        <code>
          <Text value={fingerprint} />
        </code>
      </Fact>
      {version !== null && (
        <Fact name="Version">
          <Text value={version} />
        </Fact>
      )}
      {namespace !== null && (
        <Fact name="Namespace">
          <Text value={namespace} />
        </Fact>
      )}
      {cache !== null && (
        <Fact name="Cache">
          <Text value={cache} />
        </Fact>
      )}
      {batch && <Fact name="Batch">each id is an entry of its own</Fact>}
      <Fact name="Invalidated in">
        {directive.invalidatedIn.length === 0 ? (
          "nothing in the program: only its ttl ends an entry"
        ) : (
          <ul class="plain">
            {directive.invalidatedIn.map((place) => (
              <li key={place}>
                <Text value={place} />
              </li>
            ))}
          </ul>
        )}
      </Fact>
    </dl>
  );
}
