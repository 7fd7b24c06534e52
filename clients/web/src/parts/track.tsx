/** A bar beside a number that says the same, so that it is decoration to a screen reader. */
export function Track({ fraction, className }: { fraction: number; className: string }) {
  return (
    <div aria-hidden="true" className="track h-1.5 overflow-hidden rounded-full bg-sunken">
      <div
        className={`h-full origin-left rtl:origin-right rounded-full transition-transform duration-300 ${className}`}
        style={{ transform: `scaleX(${Math.max(0, Math.min(1, fraction))})` }}
      />
    </div>
  );
}
