/** What the service says in English only: read and pronounced as such within a page in another language. */
export function InEnglish({ children }: { children: string }) {
  return (
    <bdi lang="en" dir="ltr">
      {children}
    </bdi>
  );
}
