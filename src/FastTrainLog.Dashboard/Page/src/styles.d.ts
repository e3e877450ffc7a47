// esbuild puts a style sheet that is imported into the one beside the bundle.
declare module "*.css";
