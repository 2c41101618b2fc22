import { type VNode } from "preact";
import { PageTitle } from "../components/page-title";

export function KeyPage(): VNode {
  return <PageTitle title="Key" />;
}
