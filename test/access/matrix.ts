import { accountRules } from "./account-rules.ts";
import { conversationRules } from "./conversation-rules.ts";
import { deliverableRules } from "./deliverable-rules.ts";
import { projectRules } from "./project-rules.ts";
import { reviewRules } from "./review-rules.ts";
import type { Rule } from "./rule.ts";

/** Who may do what to each table directly. Whatever is not listed is refused to everyone. */
export const matrix: readonly Rule[] = [
  ...accountRules,
  ...projectRules,
  ...deliverableRules,
  ...conversationRules,
  ...reviewRules,
];
