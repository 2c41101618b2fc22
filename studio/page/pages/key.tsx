import { type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type KeyDetail, type KeysOfCall } from "../../api";
import { KeyFacts } from "../components/key-facts";
import { KeyForm } from "../components/key-form";
import { KeyLink } from "../components/key-link";
import { Loading } from "../components/loading";
import { PageTitle } from "../components/page-title";
import { useResource } from "../stores/resource";
import { hrefOf, route } from "../stores/route";

/** One entry: the call that it belongs to, its value, and why it was a miss. */
export function KeyPage(): VNode {
  const { query } = route.value;
  const key = query.get("key");
  const cache = query.get("cache");
  const name = query.get("name");
  const callArguments = query.get("arguments");
  const [round, setRound] = useState(0);
  const detail = useResource<KeyDetail>(
    key === null ? null : "key",
    { key, cache },
    { everyMs: 2000, round },
  );
  const found = useResource<KeysOfCall>(name !== null && callArguments !== null ? "keys" : null, {
    name,
    arguments: callArguments,
  });
  const onlyKey = found.data?.keys.length === 1 ? (found.data.keys[0] ?? null) : null;
  useEffect(() => {
    if (onlyKey !== null && key === null)
      location.replace(hrefOf("key", { name, arguments: callArguments, key: onlyKey }));
  }, [onlyKey]);
  return (
    <>
      <PageTitle title="A key" />
      <KeyForm key={query.toString()} keyText={key} name={name} callArguments={callArguments} />
      {key === null && callArguments !== null && (
        <Loading resource={found}>
          {({ keys }) => (
            <>
              <p>{keys.length === 0 ? "Such a call has no key." : "The keys of this call:"}</p>
              <ul>
                {keys.map((one) => (
                  <li key={one}>
                    <KeyLink value={one} />
                  </li>
                ))}
              </ul>
            </>
          )}
        </Loading>
      )}
      {key !== null && (
        <Loading resource={detail}>
          {(data) => <KeyFacts detail={data} onChanged={() => setRound((last) => last + 1)} />}
        </Loading>
      )}
    </>
  );
}
