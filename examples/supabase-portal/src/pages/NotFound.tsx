import { Link } from "react-router-dom";

const NotFound = () => (
  <div className="flex min-h-screen flex-col items-center justify-center gap-3">
    <h1 className="text-3xl font-semibold">Page not found</h1>
    <Link to="/" className="text-primary underline">
      Back to the start
    </Link>
  </div>
);

export default NotFound;
