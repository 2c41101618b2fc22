import { type VNode } from "preact";
import { PageTitle } from "../components/page-title";

export function FunctionsPage(): VNode {
  return <PageTitle title="Functions" />;
}
