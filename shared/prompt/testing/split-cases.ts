/** A task and how its parts begin, in order; null = one piece of work. */
export type SplitCase = readonly [task: string, parts: readonly string[] | null];

const FENCE = "```";

export const SPLITTING: readonly SplitCase[] = [
  ["首先设计数据库，然后开发后台，最后部署到服务器。", ["设计数据库", "开发后台", "部署到服务器"]],
  ["まず画面を設計し、次にAPIを実装してください。最後に資料を作成してください。", ["画面を設計し", "API", "資料"]],
  ["1、编写爬虫\n2、分析数据\n3、撰写报告", ["编写爬虫", "分析数据", "撰写报告"]],
  ["・検索機能を実装する\n・README を更新する", ["検索機能", "README"]],
  ["Сначала собери данные, затем построй модель.", ["собери", "построй"]],
  ["Translate the handbook to Dutch and update the diagrams", ["Translate", "update the diagrams"]],
  ["First create the bucket, then seed it with samples, and finally share a link to it", ["create", "seed", "share"]],
  ["Design: sketch the badge\nPrint: prepare the files\nWeb: build the order page", ["Design", "Print", "Web"]],
  ["Priority 1\nFix the exporter.\n\nPriority 2\nAdd a filter.", ["Priority 1", "Priority 2"]],
  ["Draft the speech. When the draft is ready, write the invitation.", ["Draft", "When the draft"]],
  ["Build and deploy a SaaS landing page", ["Build a SaaS landing page", "deploy a SaaS landing page"]],
  ["Research competitors and build a pitch deck", ["Research competitors", "build a pitch deck"]],
  [
    "Design, build and deploy a booking site",
    ["Design a booking site", "build a booking site", "deploy a booking site"],
  ],
  ["Implement the API, and write tests", ["Implement the API", "write tests"]],
  ["Fix the login bug and add a logout button", ["Fix the login bug", "add a logout button"]],
  [
    "Design the schema, implement the API, write integration tests, and deploy it to Fly",
    ["Design the schema", "implement the API", "write integration tests", "deploy it"],
  ],
  [
    "Please design the database schema and then implement the repository layer.",
    ["design the database", "implement the repository"],
  ],
  [
    "1. Write tests\n2. Implement the parser\n3. Design the grammar",
    ["Write tests", "Implement the parser", "Design the grammar"],
  ],
  [
    "Build a todo app:\n1. Design the schema\n2. Create the API\n3. Build the frontend",
    ["Design the schema", "Create the API", "Build the frontend"],
  ],
  [
    "Build a todo app:\n1. Login page\n2. Database schema\n3. REST endpoints\n4. End-to-end tests",
    ["Login page", "Database schema", "REST endpoints", "End-to-end tests"],
  ],
  [
    "- Add rate limiting to /login\n- Log failed attempts with the client's address\n- Document both in the README\n- Deploy behind a flag",
    ["Add rate limiting", "Log failed", "Document both", "Deploy behind"],
  ],
  [
    "First, research pricing of three rivals. Then draft a proposal. Finally, send it to the sales team.",
    ["research pricing", "draft a proposal", "send it"],
  ],
  [
    "Migrate users to the new table; backfill the email column; drop the old one",
    ["Migrate users", "backfill the email", "drop the old one"],
  ],
  [
    "Refactor the billing module; write unit tests for it; update the docs",
    ["Refactor the billing", "write unit tests", "update the docs"],
  ],
  [
    "## Backend\nExpose a search endpoint.\n\n## Frontend\nShow results as you type.\n\n## Tests\nCover both.",
    ["Backend\nExpose", "Frontend\nShow", "Tests\nCover"],
  ],
  [
    "# Launch plan\n\n### Phase 1\nInterview ten customers.\n\n### Phase 2\nBuild the prototype.",
    ["Phase 1", "Phase 2"],
  ],
  [
    "Set up the repository, configure CI, and publish the package to npm",
    ["Set up the repository", "configure CI", "publish the package"],
  ],
  [
    "Can you build a REST API for invoices and write documentation for it?",
    ["build a REST API", "write documentation"],
  ],
  [
    "I want you to analyze churn in the last quarter and prepare a report for the board",
    ["analyze churn", "prepare a report"],
  ],
  [
    "We need to redesign the checkout form. Implement the new flow in React. Write Playwright tests.",
    ["redesign the checkout", "Implement the new flow", "Write Playwright"],
  ],
  [
    "Create the users table\nImplement signup and login\nAdd password reset by email",
    ["Create the users", "Implement signup", "Add password reset"],
  ],
  [
    "Step 1: Extract the parser into a package\nStep 2: Publish the package\nStep 3: Update the two apps that use it",
    ["Extract the parser", "Publish the package", "Update the two apps"],
  ],
  [
    "- [ ] Add dark mode\n- [ ] Fix the header on mobile\n- [x] Upgrade to React 19",
    ["Add dark mode", "Fix the header"],
  ],
  [
    "Add a webhook receiver for Stripe.\n\nWrite a migration for the payments table.\n\nDeploy to staging.",
    ["Add a webhook", "Write a migration", "Deploy to staging"],
  ],
  [
    "Build the importer. It reads CSV files of up to 1 GB. Then write a benchmark for it.\nUse Rust for everything.",
    ["Build the importer. It", "write a benchmark"].map((x) => x.replace(". It", ".")),
  ],
  [
    "Add password reset.\n\nAcceptance criteria:\n- Users can request a reset link by email\n- Support staff can see when a link was sent\n- A user can choose a new password from the link\n- No new dependencies",
    ["Users can request", "Support staff can", "A user can choose"],
  ],
  [
    "Design the logo, write the copy for the homepage, and build the homepage",
    ["Design the logo", "write the copy", "build the homepage"],
  ],
  [
    "Implement an endpoint that returns open orders, write tests for it, and deploy it to staging",
    ["Implement an endpoint", "write tests", "deploy it"],
  ],
  [
    "Investigate the memory leak. After that, implement a fix with a regression test.",
    ["Investigate the memory", "implement a fix"],
  ],
  [
    "Goal: design the onboarding emails, build the sending service, document the runbook",
    ["design the onboarding", "build the sending", "document the runbook"],
  ],
  [
    "Tasks:\n* Rename the package\n* Publish version 2\n\nFinally, announce the release on the blog.",
    ["Rename the package", "Publish version 2", "announce the release"],
  ],
  [
    "Build these features:\n- Shopping cart\n- Order history page\n- Product search",
    ["Shopping cart", "Order history", "Product search"],
  ],
  [
    `Do the following:\n1. Replace the parser:\n${FENCE}js\nconst a = 1; then(b);\n${FENCE}\n2. Add tests for the new one`,
    ["Replace the parser", "Add tests"],
  ],
  [
    "Prototype the onboarding flow; interview five users about it; revise the design",
    ["Prototype", "interview", "revise"],
  ],
  [
    "Launch the newsletter: draft three issues, set up the mailing list, design the template",
    ["draft", "set up", "design"],
  ],
  [
    "Refactor auth.ts so it no longer depends on express, and then remove express from package.json",
    ["Refactor", "remove"],
  ],
  [
    "Phase 1: Design the data model\nPhase 2: Implement the sync engine\nPhase 3: Roll out to beta users",
    ["Design", "Implement", "Roll out"],
  ],
  ["Migrate the blog to Astro, then set up redirects from the old URLs", ["Migrate the blog", "set up redirects"]],
  ["Plan a marketing campaign and create the ad copy and publish it on three channels", ["Plan", "create", "publish"]],
  ["Generate release notes from the git log and publish them on GitHub", ["Generate", "publish"]],
  [
    "Add OAuth login. Users link several providers. Also add a settings page where they can unlink them.",
    ["Add OAuth login.", "add a settings"],
  ],
  ["1) Build the API 2) Write the client 3) Deploy both", ["Build the API", "Write the client", "Deploy both"]],
  [
    "Design the database schema for the booking service, with one table for guests and one for rooms, and constraints that make double bookings impossible. Implement the REST API on top of it, with cursor pagination, validation of every field and useful errors. Write integration tests that cover concurrent bookings of the same room. Build the calendar page in React, with keyboard support and a loading state. Deploy everything to the staging cluster and send the address to the team.",
    ["Design", "Implement", "Write integration", "Build the calendar", "Deploy everything"],
  ],
];

export const WHOLE: readonly SplitCase[] = [
  [
    "Incident notes of the week:\n- restart the queue\n- add two nodes\n- update the certificate\n\nWrite a summary.",
    null,
  ],
  ["Letters to the editor:\n- fix the roads\n- build a school\n\nDraft a reply for each.", null],
  ["The hook does three things:\n1. Create the branch\n2. Add the label\n3. Update the board\n\nWhy is it slow?", null],
  ["Translate this sentence: first design it, then build it, finally deploy it", null],
  ["请写一个脚本，先下载文件，再更新数据库，然后生成报告。", null],
  ["まず設定を更新し、次にサーバーを構築しましたが、動きません。", null],
  ["Make the build and deploy scripts quieter", null],
  ["When the user reaches the end of the list, load the next page", null],
  ["Scroll to the bottom and then load the next page of results", null],
  ["If the cache is empty then fetch the rows from the database", null],
  ["If X then Y", null],
  ["Fix the crash that happens when a user logs in, then logs out", null],
  ["Write a function that reads a file, parses each line, and returns the sum", null],
  ["Find and fix the bug in the date parser", null],
  ["Investigate why checkout is slow and fix it", null],
  ["Analyze the crash in the importer and fix the bug", null],
  ["Rename getUser to fetchUser and update all call sites", null],
  ["Add a button and make it blue", null],
  ["Add build, test and deploy steps to the CI pipeline", null],
  ["Write a script to fetch and build the index", null],
  ["Set up build and release pipelines", null],
  ["Create an API that lets users create posts, edit posts, and publish posts", null],
  ["Build a tool for teams to plan, build, and ship features", null],
  ["Test coverage is low and build times are slow", null],
  ["Build and deploy fails on the main branch", null],
  ["Explain how to build and deploy an app on Kubernetes", null],
  ["Why does useEffect fire twice, and how do I stop it?", null],
  ["Write a blog post about how to design and launch a podcast", null],
  ["Summarize the following points:\n- Revenue grew by 4 %\n- Build times fell\n- Two people left", null],
  ["Which of these should we use?\n1. Postgres\n2. MySQL\n3. SQLite", null],
  [
    "The login page crashes.\n\nSteps to reproduce:\n1. Open the app\n2. Create an account\n3. Delete the account",
    null,
  ],
  ["Write a blog post covering:\n- why edge computing matters\n- design of the API\n- test results", null],
  ["Create a signup form with these fields:\n- name\n- email\n- password", null],
  [`Fix this:\n${FENCE}js\nadd(a); update(b);\ndelete(c); then(d);\n${FENCE}`, null],
  ["Fix this loop: for (let i = 0; i < n; i++) { add(i); update(i); }", null],
  ["## Bug\nThe build hangs.\n\n## Expected\nIt ends.\n\n## Steps to reproduce\n1. Install it\n2. Build it", null],
  ["Fix the flaky test. Make sure the suite passes. Do not change the public API.", null],
  ["Refactor the parser. Keep the public interface. Use no new dependencies.", null],
  ["Write a poem about the sea. Make it rhyme.", null],
  ["The user first opens the menu, then selects an item, and finally confirms", null],
  ["Translate 'build the house, paint the door, and test the locks' into French", null],
  ['Add the text "Design it, build it, and deploy it." to the home page', null],
  ["Add a tooltip (first design it, then build it, then test it)", null],
  ["Add search, filters and sorting to the table", null],
  ["what is the capital of Peru and how many people live there", null],
  [
    "Add a retry with backoff to the HTTP client.\n\nAcceptance criteria:\n- No new dependencies\n- p95 stays under 200 ms\n- All existing tests pass",
    null,
  ],
  ["Upgrade React to 19", null],
  ["Please write unit tests for utils.ts and fix whatever fails", null],
  ["Create a React component that fetches users and renders a table", null],
  ["Make the header sticky, the footer gray, and the body font larger", null],
  ["Compare Redis and Memcached for session storage and recommend one", null],
  ["Questions:\n1. What is a monad?\n2. Why use one?\n3. Give an example", null],
  ["- Users complain that export is slow\n- Profiling shows 80 % in JSON.stringify\n- We use Node 20", null],
  ["Plan a birthday party in Chicago", null],
  ["Document the release process and how to deploy the app", null],
  ["Add validation so that the form shows an error, disables the button and keeps the text", null],
  ["Implement retry logic: if the call fails, wait, then try again", null],
];
