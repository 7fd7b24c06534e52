import { createContext, type ReactNode, useContext } from "react";

/** Says what is drawn at a marked place of a text; nothing is drawn where no text is marked. */
const Places = createContext<((place: number) => ReactNode) | null>(null);
export const MarkedPlaces = Places.Provider;

const SIGN = /\ue000(\d{1,4})\ue001/;

/** A text whose signs, private characters around a number, are replaced by what is drawn there. */
export function withMarks(text: string): ReactNode {
  if (!text.includes("\ue000")) return text;
  return <Signed text={text} />;
}

function Signed({ text }: { text: string }) {
  const draw = useContext(Places);
  if (!draw) return text;
  return text.split(SIGN).map((part, index) => <Part key={index}>{index % 2 ? draw(Number(part)) : part}</Part>);
}

const Part = ({ children }: { children: ReactNode }) => children;
