import { t } from "@lingui/core/macro";
import { Link, useLocation } from "wouter";
import { Icon } from "./icon.tsx";

export const pages = () =>
  [
    { to: "/", icon: "edit", name: t`Ask` },
    { to: "/history", icon: "history", name: t`History` },
    { to: "/dashboard", icon: "chart", name: t`Dashboard` },
    { to: "/pricing", icon: "price", name: t`Pricing` },
  ] as const;

/** The pages: in the header, and on a phone as tabs at the foot of the screen, within the thumb's reach. */
export function MainNav({ tabs = false }: { tabs?: boolean }) {
  const [path] = useLocation();
  return (
    <nav aria-label={t`Main`} className={tabs ? "tabs md:hidden" : "hidden items-center gap-1 md:flex"}>
      {pages()
        .slice(tabs ? 0 : 1)
        .map(({ to, icon, name }) => (
          <Link
            key={to}
            href={to}
            className={tabs ? "tab" : `tool text-sm ${path === to ? "text-ink bg-sunken" : ""}`}
            aria-current={path === to ? "page" : undefined}
          >
            <Icon name={icon} size={tabs ? 20 : 16} />
            {name}
          </Link>
        ))}
    </nav>
  );
}
