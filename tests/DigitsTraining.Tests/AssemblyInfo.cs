using Xunit.Sdk;
using Xunit.v3;

// Each test starts processes that train; side by side they would only wait for one another.
[assembly: Parallelization(Mode = ParallelMode.None)]
