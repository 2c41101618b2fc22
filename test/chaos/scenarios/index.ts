import type { Scenario } from "../scenario";
import { commandLine } from "./commands";
import { cluster, resumed, sentinel } from "./failovers";
import { killedClient, pausedClient } from "./sick-clients";
import { halfOpen, slow, tiered } from "./sick-links";
import {
  clocks,
  credentials,
  eviction,
  frozen,
  heldWrites,
  refusing,
  restarted,
  restored,
  steady,
} from "./sick-servers";
import { tieredCluster, tieredFailover } from "./tiers-on-clusters";

export const scenarios: readonly Scenario[] = [
  ...[steady, clocks, frozen, heldWrites, restarted, slow, halfOpen, refusing, credentials],
  ...[
    killedClient,
    pausedClient,
    eviction,
    tiered,
    restored,
    commandLine,
    sentinel,
    resumed,
    cluster,
  ],
  ...[tieredCluster, tieredFailover],
];
