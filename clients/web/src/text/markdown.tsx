import { t } from "@lingui/core/macro";
import type { Tokens } from "marked";
import { createContext, createElement, Fragment, memo, type ReactNode, useContext, useMemo, useRef } from "react";
import { blocksOf, GrowingBlocks, loadRepair, type Token } from "./blocks.ts";
import { CodeBlock, Settled } from "./code-block.tsx";
import { withMarks } from "./marked.tsx";
import { LOOKED_AT, languageOf } from "./which-language.ts";

/**
 * A model's answer as React elements. Nothing in it is ever handed to the browser as HTML: markup in the text is
 * shown as text, and remote images become links, because fetching one would tell a stranger what was asked.
 */
export function Markdown({ text, growing, id }: { text: string; growing: boolean; id?: string }) {
  const reader = useRef<GrowingBlocks>(null);
  const [blocks, settled] = useMemo(() => {
    if (!growing) return [blocksOf(text), Number.POSITIVE_INFINITY];
    reader.current ??= newReader();
    return [reader.current.update(text), reader.current.settledCount];
  }, [text, growing]);
  // By its beginning alone, so that it is not looked at again with every word that comes.
  const start = text.slice(0, LOOKED_AT);
  const language = useMemo(() => languageOf(start), [start]);
  const linked = !growing && DEFINES.test(text);
  return (
    <div className="answer" dir="auto" lang={language} data-answer={id} data-growing={growing || undefined}>
      <Linked value={linked}>
        {blocks.map((token, index) => (
          <Block key={index} token={token} linked={linked} settled={index < settled} />
        ))}
      </Linked>
    </div>
  );
}

function newReader(): GrowingBlocks {
  loadRepair().catch(() => undefined); // out of reach: a marker or two may flash
  return new GrowingBlocks();
}

/** The target of a reference link, which may stand after the link: such links are links only at the end. */
const DEFINES = /\[[^\]\n]+\]:/;
/** Whether reference links have found their targets, which draws all of the text again. */
const Linked = createContext(false);
/** What can hold code, which takes on its colours when it settles. */
const MAY_HOLD_CODE = new Set(["code", "list", "blockquote"]);

/** Drawn again when its text changes, when code in it settles, and when reference links find their targets. */
const Block = memo(
  ({ token, settled }: { token: Token; linked: boolean; settled: boolean }) => (
    <Settled value={settled}>{block(token)}</Settled>
  ),
  (before, after) =>
    before.token.raw === after.token.raw &&
    before.linked === after.linked &&
    (before.settled === after.settled || !MAY_HOLD_CODE.has(after.token.type)),
);

function block(token: Token): ReactNode {
  switch (token.type) {
    case "heading":
      return <Heading depth={token.depth}>{inline(token.tokens)}</Heading>;
    case "paragraph":
      return <p>{inline(token.tokens)}</p>;
    case "code":
      return <CodeBlock language={token.lang ?? ""} text={token.text} />;
    case "blockquote":
      return <blockquote>{nested(token.tokens)}</blockquote>;
    case "list":
      return <List list={token as Tokens.List} />;
    case "table":
      return <Table table={token as Tokens.Table} />;
    case "hr":
      return <hr />;
    case "space":
    case "def":
      return null;
    case "text":
      return token.tokens ? inline(token.tokens) : withMarks(token.text);
    case "checkbox":
      return token.checked ? "☑ " : "☐ ";
    default:
      return <p className="whitespace-pre-wrap">{token.raw.trim()}</p>;
  }
}

/** Tokens have no identity of their own: as arguments, not as a list, their place is their key. */
const numbered = (tokens: Token[] | undefined, render: (token: Token) => ReactNode) =>
  createElement(Fragment, null, ...(tokens ?? []).map(render));
const nested = (tokens: Token[] | undefined) => numbered(tokens, block);
const inline = (tokens: Token[] | undefined) => numbered(tokens, span);

function span(token: Token): ReactNode {
  switch (token.type) {
    case "strong":
      return <strong>{inline(token.tokens)}</strong>;
    case "em":
      return <em>{inline(token.tokens)}</em>;
    case "del":
      return <del>{inline(token.tokens)}</del>;
    case "codespan":
      return <code dir="auto">{token.text}</code>;
    case "br":
      return <br />;
    case "link":
      return <Link href={token.href}>{inline(token.tokens)}</Link>;
    case "image":
      return <Link href={token.href}>{token.text ? t`Image: ${token.text}` : t`Image: no description`}</Link>;
    case "checkbox":
      return token.checked ? "☑ " : "☐ ";
    case "text":
      return token.tokens ? inline(token.tokens) : withMarks(withoutEntities(token.text));
    case "escape":
      return token.text;
    default:
      return token.raw;
  }
}

const ENTITIES: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  "#39": "'",
  nbsp: "\u00a0",
};
/** React escapes text by itself, so the few entities that models write are turned back into their characters. */
const withoutEntities = (text: string) =>
  text.replace(/&(amp|lt|gt|quot|apos|#39|nbsp);/g, (all, name) => ENTITIES[name] ?? all);

/** Answers stand under the page's own headings, so theirs begin at the third level. */
function Heading({ depth, children }: { depth: number; children: ReactNode }) {
  if (depth <= 1) return <h3>{children}</h3>;
  if (depth === 2) return <h4>{children}</h4>;
  return <h5>{children}</h5>;
}

function List({ list }: { list: Tokens.List }) {
  const items = list.items.map((item, index) => <Item key={index} item={item} loose={list.loose} />);
  return list.ordered ? <ol start={Number(list.start) || 1}>{items}</ol> : <ul>{items}</ul>;
}

/** Of a list that grows only its last item is drawn again; a list turns loose as a whole. */
const Item = memo(
  ({ item }: { item: Tokens.ListItem; loose: boolean }) => {
    useContext(Linked);
    return <li>{nested(item.tokens)}</li>;
  },
  (before, after) => before.item.raw === after.item.raw && before.loose === after.loose,
);

function Table({ table }: { table: Tokens.Table }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls
    <div className="table-frame" role="group" aria-label={t`Table`} tabIndex={0}>
      <table>
        <thead>
          <Row cells={table.header} align={table.align} head />
        </thead>
        <tbody>
          {table.rows.map((row, place) => (
            <Row key={place} cells={row} align={table.align} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  cells: Tokens.TableCell[];
  align: Tokens.Table["align"];
  head?: boolean;
}

/** Of a table that grows only its last row is drawn again. */
const Row = memo(
  ({ cells, align, head = false }: RowProps) => {
    useContext(Linked);
    return (
      <tr>
        {cells.map((content, index) => {
          const Tag = head && content.text ? "th" : "td";
          const side = align[index];
          const name = side === "right" ? "text-right" : side === "center" ? "text-center" : undefined;
          return (
            <Tag key={index} className={name}>
              {inline(content.tokens)}
            </Tag>
          );
        })}
      </tr>
    );
  },
  (before, after) =>
    before.cells.length === after.cells.length &&
    before.cells.every(({ text }, place) => text === after.cells[place]?.text) &&
    before.align.join() === after.align.join(),
);

/** A link says where it leads, and only the schemes of reading and writing are links at all. */
function Link({ href, children }: { href: string; children: ReactNode }) {
  const target = safeTarget(href);
  if (!target) return <span title={href}>{children}</span>;
  return (
    <>
      <a href={target.href} target="_blank" rel="noopener noreferrer nofollow">
        {children}
      </a>
      {target.host && <span className="host"> ({target.host})</span>}
    </>
  );
}

export function safeTarget(href: string): URL | null {
  if (!/^(https?:\/\/|mailto:)/i.test(href)) return null;
  try {
    return new URL(href);
  } catch {
    return null;
  }
}
