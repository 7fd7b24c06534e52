import { ProblemError } from "@trillm/sdk";
import { service } from "../api/client.ts";

/** Whoever listens stops then; this is for the case that nobody does. */
export const LONGEST_MS = 60_000;
const LATEST_MS = LONGEST_MS + 2_000;
/** Speech needs no more; a minute is some 180 kB. */
const BITS_PER_SECOND = 24_000;
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

/** Why there are no words, as far as it can be told; what the service says of it comes as a ProblemError. */
export class NotHeard extends Error {
  readonly why: "denied" | "no-microphone" | "nothing";

  constructor(why: NotHeard["why"]) {
    super(why);
    this.why = why;
  }
}

/** Listens until it is stopped, and then gives the words. Throws NotHeard or ProblemError. */
export interface Ear {
  listen(stop: AbortSignal): Promise<string>;
}

/** The service's ear where a vendor behind it can hear, else the browser's own, else none: then there is no button. */
export function findEar(transcribes: boolean): Ear | null {
  if (transcribes && typeof MediaRecorder !== "undefined" && navigator.mediaDevices) return recorded;
  const Engine = engine();
  return Engine ? { listen: (stop) => recognised(new Engine(), stop) } : null;
}

const recorded: Ear = {
  async listen(stop) {
    const microphone = await openMicrophone();
    try {
      const audio = await record(microphone, stop);
      const { text } = await service.transcribe(audio);
      if (!text) throw new NotHeard("nothing");
      return text;
    } finally {
      close(microphone);
    }
  },
};

async function openMicrophone(): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
  } catch (error) {
    const denied = error instanceof DOMException && error.name === "NotAllowedError";
    throw new NotHeard(denied ? "denied" : "no-microphone");
  }
}

const close = (microphone: MediaStream) => {
  for (const track of microphone.getTracks()) track.stop();
};

function record(microphone: MediaStream, stop: AbortSignal): Promise<Blob> {
  return new Promise((resolve, reject) => {
    const kind = KINDS.find((one) => MediaRecorder.isTypeSupported(one));
    const recorder = new MediaRecorder(microphone, {
      audioBitsPerSecond: BITS_PER_SECOND,
      ...(kind && { mimeType: kind }),
    });
    const pieces: Blob[] = [];
    recorder.ondataavailable = ({ data }) => pieces.push(data);
    recorder.onerror = () => reject(new NotHeard("no-microphone"));
    recorder.onstop = () => {
      close(microphone);
      const [type] = recorder.mimeType.split(";");
      const audio = new Blob(pieces, { type: type ?? "" });
      if (audio.size === 0) reject(new NotHeard("nothing"));
      else resolve(audio);
    };
    if (stop.aborted) return reject(new NotHeard("nothing"));
    recorder.start();
    const end = () => recorder.state !== "inactive" && recorder.stop();
    stop.addEventListener("abort", end, { once: true });
    setTimeout(end, LATEST_MS);
  });
}

/** What TypeScript does not know of the browsers' own speech engine. */
interface Recognition {
  lang: string;
  continuous: boolean;
  onend: () => void;
  onresult: (event: { results: Iterable<Iterable<{ transcript: string }>> }) => void;
  onerror: (event: { error: string }) => void;
  start(): void;
  stop(): void;
}

function engine(): (new () => Recognition) | undefined {
  const of = globalThis as Record<string, unknown>;
  return (of.SpeechRecognition ?? of.webkitSpeechRecognition) as (new () => Recognition) | undefined;
}

const WHY: Record<string, NotHeard["why"]> = {
  "not-allowed": "denied",
  "service-not-allowed": "denied",
  "audio-capture": "no-microphone",
};

function recognised(ear: Recognition, stop: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    ear.lang = navigator.language;
    ear.continuous = true;
    ear.onresult = ({ results }) => {
      said.length = 0;
      for (const [best] of results) if (best) said.push(best.transcript.trim());
    };
    ear.onerror = ({ error }) => {
      const offline = { type: "offline", title: "The service cannot be reached", status: 0 };
      reject(error === "network" ? new ProblemError(offline) : new NotHeard(WHY[error] ?? "nothing"));
    };
    ear.onend = () => (said.length > 0 ? resolve(said.join(" ")) : reject(new NotHeard("nothing")));
    stop.addEventListener("abort", () => ear.stop(), { once: true });
    setTimeout(() => ear.stop(), LATEST_MS);
    ear.start();
  });
}
