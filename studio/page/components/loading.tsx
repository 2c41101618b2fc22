import { type ComponentChildren, type VNode } from "preact";
import { type Resource } from "../stores/resource";
import { Text } from "./text";
import { Trouble } from "./trouble";

interface LoadingProps<T> {
  readonly resource: Resource<T>;
  readonly children: (data: T) => ComponentChildren;
}

/**
 * Shows the answer to a request, with the reason above it if the last request failed, or a note
 * that the answer is awaited.
 */
export function Loading<T>({
  resource: { data, error, isLoading },
  children,
}: LoadingProps<T>): VNode {
  return (
    <>
      {error !== null && (
        <Trouble>
          <Text value={error} max={400} />
          {data !== null && " The last answer is shown below."}
        </Trouble>
      )}
      {data === null ? isLoading && <p class="quiet">Loading…</p> : children(data)}
    </>
  );
}
