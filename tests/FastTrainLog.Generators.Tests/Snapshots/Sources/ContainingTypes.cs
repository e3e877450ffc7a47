using FastTrainLog;
using Microsoft.Extensions.Logging;

namespace Features.@event
{
    public partial class Outer<T>
        where T : notnull
    {
        internal partial record Record(ILogger Logger)
        {
            private readonly ILogger _log = Logger;

            [TrainLog(1, LogLevel.Information, "{Item} of {Count}")]
            partial void Item(T item, int count);

            public void Use(T item) => Item(item, 1);
        }

        internal readonly partial record struct Value(int Number)
        {
            [TrainLog(1, LogLevel.Information, "value")]
            internal static partial void Logged(TrainLogger logger);
        }

        private partial struct Plain
        {
            [TrainLog(1, LogLevel.Information, "plain")]
            internal static partial void Logged(ILogger logger);
        }

        public partial interface IContract
        {
            [TrainLog(1, LogLevel.Information, "contract")]
            public static partial void Logged(ILogger logger);
        }
    }
}
