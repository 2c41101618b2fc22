import { type VNode } from "preact";
import { PageTitle } from "../components/page-title";

export function FlightPage(): VNode {
  return <PageTitle title="Flight" />;
}
