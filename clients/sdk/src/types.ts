import type { components } from "./api.ts";

/** The service's objects under the names that callers use. Times in milliseconds, costs in USD; null: not known. */
type Schemas = components["schemas"];

export type Query = Schemas["QueryObject"];
export type QueryStatus = Schemas["QueryStatus"];
export type QueryRequest = Schemas["QueryRequest"];
export type JudgePolicy = NonNullable<QueryRequest["judge"]>;
export type DecidedBy = NonNullable<Query["decided_by"]>;
/** One attempt of one model: the contract's response object, not to be taken for HTTP's. */
export type Answer = Schemas["ResponseObject"];
export type ResponseStatus = Schemas["ResponseStatus"];
/** A sentence of the reasons as data, to be said in any language. */
export type Reason = Schemas["ReasonObject"];
export type Scores = Schemas["ScoresObject"];
/** What one more model said, which read the answers twice, in opposite orders and without names. */
export type Judgement = Schemas["JudgementObject"];
export type JudgeAsked = Pick<Judgement, "provider" | "model" | "asked_because">;
/** One text that a model made of several answers on request; never the pick. */
export type Synthesis = Schemas["SynthesisObject"];
/** Which claims the answers share and contest, with the passages that say so. */
export type ClaimMap = Schemas["ClaimMapObject"];
export type MappedClaim = Schemas["ClaimObject"];
export type Model = Schemas["ModelObject"];
export type ModelList = Schemas["ModelsObject"];
export type HistoryPage = Schemas["HistoryPage"];
/** The models that a session's queries went to, with how often each was asked and won. */
export type HistoryModels = Schemas["HistoryModels"];
export type QueryChange = Schemas["QueryChange"];
export type Feedback = Schemas["FeedbackObject"];
export type FeedbackRequest = Schemas["FeedbackRequest"];
/** A link to a snapshot of a result. */
export type Share = Schemas["ShareObject"];
/** What a link shows. The ids in its query open nothing. */
export type Shared = Schemas["SharedObject"];
export type Stats = Schemas["StatsObject"];
export type Dashboard = Schemas["DashboardObject"];
/** So many of so many, with the interval in which the true proportion lies. */
export type Proportion = Schemas["ProportionObject"];
export type Plans = Schemas["PlansObject"];
export type Plan = Schemas["PlanObject"];
export type Transcription = Schemas["TranscriptionObject"];
export type Health = Schemas["HealthObject"];

/** A problem document (RFC 9457); a body that is none becomes one, which knows less. */
export type Problem = Pick<Schemas["Problem"], "type" | "title" | "status"> &
  Partial<Schemas["Problem"]> & {
    /** The Retry-After field in seconds, added here. */
    retry_after?: number;
    /** The question that no model answered. */
    query?: Query;
  };
