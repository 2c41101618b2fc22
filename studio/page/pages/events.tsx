import { type VNode } from "preact";
import { PageTitle } from "../components/page-title";

export function EventsPage(): VNode {
  return <PageTitle title="Events" />;
}
