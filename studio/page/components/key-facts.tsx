import { type VNode } from "preact";
import { type KeyDetail } from "../../api";
import { formatBytes } from "../format/bytes";
import { formatDuration } from "../format/durations";
import { formatDate } from "../format/times";
import { wordOfState } from "../format/words";
import { act } from "../stores/actions";
import { session } from "../stores/session";
import { ConfirmButton } from "./confirm-button";
import { CopyButton } from "./copy-button";
import { Fact } from "./fact";
import { FunctionName } from "./function-name";
import { MissTable } from "./miss-table";
import { TagStates } from "./tag-states";
import { Text } from "./text";
import { TreeView } from "./tree-view";
import { Trouble } from "./trouble";

interface KeyFactsProps {
  readonly detail: KeyDetail;
  /** Called when the entry was changed. */
  readonly onChanged: () => void;
}

/** Everything that is known about one entry. */
export function KeyFacts({ detail, onChanged }: KeyFactsProps): VNode {
  const { key, cache, state, explanation, value, valueHidden, tags, lastMisses } = detail;
  const isBad = state === "unreadable" || state === "unknown";
  return (
    <>
      <h2 class="key">
        <code>
          <Text value={key} max={600} />
        </code>
      </h2>
      {isBad ? (
        <Trouble>
          <Text value={explanation} max={600} />
        </Trouble>
      ) : (
        <p class={`state ${state}`}>
          <strong>{wordOfState(state)}</strong> <Text value={explanation} max={600} />
        </p>
      )}
      <div class="actions">
        <ConfirmButton
          label="Invalidate"
          question={
            <>
              The entry <Text value={key} max={200} /> ends, and its next call loads it.
            </>
          }
          onConfirm={() => void act("invalidate", { key, cache }).then(onChanged)}
        />
        <ConfirmButton
          label="Refresh"
          disabled={session.value?.mayRefresh !== true}
          question={
            <>
              The function of <Text value={key} max={200} /> runs now, and its result is stored.
            </>
          }
          onConfirm={() => void act("refresh", { key }).then(onChanged)}
        />
        <CopyButton label="Copy the key" what="The key was" textOf={() => key} />
        {session.value?.mayRefresh === false && (
          <span class="quiet">A refresh needs the program itself: open Studio in its process.</span>
        )}
      </div>
      <div class="columns">
        <section aria-labelledby="belongs">
          <h2 id="belongs">What it is</h2>
          <Facts detail={detail} />
        </section>
        <section aria-labelledby="key-tags">
          <h2 id="key-tags">Tags</h2>
          <TagStates tags={tags} />
        </section>
      </div>
      <section aria-labelledby="value">
        <h2 id="value">Value</h2>
        {valueHidden !== null && (
          <p class="quiet">
            Not shown: <Text value={valueHidden} max={300} />
          </p>
        )}
        {value === null ? (
          valueHidden === null && <p class="quiet">There is no value.</p>
        ) : (
          <div class="tree">
            <TreeView key={key} tree={value} name={null} isOpen />
          </div>
        )}
      </section>
      <section aria-labelledby="misses">
        <h2 id="misses">Why it was a miss</h2>
        <MissTable misses={lastMisses} caption="The last misses of this key" />
      </section>
    </>
  );
}

function Facts({ detail }: { readonly detail: KeyDetail }): VNode {
  const { owner, cache, bytes, payloadBytes, codec, ttlMs, ageMs, freshUntil, loadMs, lease } =
    detail;
  return (
    <dl class="facts">
      <Fact name="Function">
        {owner === null ? "none is known" : <FunctionName name={owner.name} />}
      </Fact>
      {owner !== null && <Fact name="Arguments">{argumentsOf(owner)}</Fact>}
      <Fact name="Cache">
        <Text value={cache} />
      </Fact>
      <Fact name="Age">{ageMs === null ? "not known" : formatDuration(ageMs)}</Fact>
      <Fact name="Fresh until">{freshUntil === null ? "–" : formatDate(freshUntil)}</Fact>
      <Fact name="Ttl left">{formatDuration(ttlMs)}</Fact>
      <Fact name="Size">
        {formatBytes(bytes)}
        {payloadBytes !== null && (
          <span class="quiet">, {formatBytes(payloadBytes)} of them the value</span>
        )}
      </Fact>
      <Fact name="Codec">{codec === null ? "–" : <Text value={codec} />}</Fact>
      <Fact name="Loaded in">{formatDuration(loadMs)}</Fact>
      <Fact name="Lease">
        {lease === null ? (
          "nobody's"
        ) : (
          <>
            held by <Text value={lease.holder} max={80} />
            {lease.until !== null && ` until ${formatDate(lease.until)}`}
          </>
        )}
      </Fact>
    </dl>
  );
}

function argumentsOf({ values }: NonNullable<KeyDetail["owner"]>): VNode {
  if (values === "hashed") return <>hashed, because they are long</>;
  if (values.length === 0) return <>none</>;
  return (
    <ul class="plain">
      {values.map(({ name, text }) => (
        <li key={name}>
          <Text value={name} max={80} />: <Text value={text} />
        </li>
      ))}
    </ul>
  );
}
