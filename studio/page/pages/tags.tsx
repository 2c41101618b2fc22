import { type VNode } from "preact";
import { PageTitle } from "../components/page-title";

export function TagsPage(): VNode {
  return <PageTitle title="Tags" />;
}
