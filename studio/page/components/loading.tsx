import { type ComponentChildren, type VNode } from "preact";
import { type Resource } from "../stores/resource";
import { Text } from "./text";
import { Trouble } from "./trouble";

interface LoadingProps<T> {
  readonly resource: Resource<T>;
  readonly children: (data: T) => ComponentChildren;
}

/** What a request answered; above it, why the last one failed; in its place, that it is waited for. */
export function Loading<T>({ resource: { data, error, isLoading }, children }: LoadingProps<T>): VNode {
  return (
    <>
      {error !== null && (
        <Trouble>
          <Text value={error} max={400} />
          {data !== null && " What follows is the last answer."}
        </Trouble>
      )}
      {data === null ? isLoading && <p class="quiet">Loading…</p> : children(data)}
    </>
  );
}
