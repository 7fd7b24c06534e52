/** What a result shows after its answers: one chunk for all of it, which the answers do not wait for. */
export { ReadAloud } from "../voice/read-aloud.tsx";
export { BelowAnswers } from "./below-answers.tsx";
export { Claims } from "./claims.tsx";
export { MergedPane } from "./merged-pane.tsx";
