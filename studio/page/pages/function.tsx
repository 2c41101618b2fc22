import { type VNode } from "preact";
import { PageTitle } from "../components/page-title";

export function FunctionPage(): VNode {
  return <PageTitle title="Function" />;
}
