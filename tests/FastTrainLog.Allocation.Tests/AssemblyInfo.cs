using Xunit.Sdk;
using Xunit.v3;

// Allocations are counted over the whole process: nothing may run beside a test.
[assembly: Parallelization(Mode = ParallelMode.None)]
