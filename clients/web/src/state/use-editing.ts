import { useLocation } from "wouter";
import { useSettings } from "./settings.ts";

/** The state of the address to which one goes to change a question. */
export const EDITING = "editing";

/** Puts a question back into the box, to be changed or asked again, and goes there. */
export function useEditing() {
  const [, navigate] = useLocation();
  const setDraft = useSettings((settings) => settings.setDraft);
  return (question: string) => {
    setDraft(question);
    navigate("/", { state: EDITING });
  };
}
