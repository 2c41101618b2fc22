import { type Check } from "../plan/check-context";
import { checkCodecFidelity } from "./codec-fidelity";
import { checkCompleteKey } from "./complete-key";
import { checkDeterminedResult } from "./determined-result";
import { checkInvalidateInTransaction } from "./invalidate-in-transaction";
import { checkOperations } from "./operations";
import { checkSharedKeys } from "./shared-keys";
import { checkSharedResult } from "./shared-result";
import { checkTagUsage } from "./tag-usage";
import { checkTemplateTypes } from "./template-types";

/** Lists all checks that need types, in the order of their codes. */
export const checks: readonly Check[] = [
  checkTemplateTypes,
  checkCompleteKey,
  checkSharedKeys,
  checkTagUsage,
  checkOperations,
  checkInvalidateInTransaction,
  checkCodecFidelity,
  checkDeterminedResult,
  checkSharedResult,
];
