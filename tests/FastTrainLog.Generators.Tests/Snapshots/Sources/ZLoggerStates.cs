using System;
using System.Buffers;
using System.Text.Json;
using FastTrainLog;
using Microsoft.Extensions.Logging;
using ZLogger;

namespace Features
{
    public sealed record Day(int Hour, [SecretData] string Note);

    internal static partial class ZLoggerStates
    {
        [TrainLog(1, LogLevel.Information, "step {Step} {Rate:F2} of {Run} in {Phase}")]
        public static partial void Step(ILogger logger, int step, double? rate, string? run, DayOfWeek? phase, object other);

        [TrainLog(2, LogLevel.Information, "started")]
        public static partial void Started(ILogger logger);

        [TrainLog(3, LogLevel.Information, "{Item} {Metrics}")]
        public static partial void Generic<T>(ILogger<int> logger, T item, Metric[] metrics, ReadOnlySpan<char> text);

        [TrainLog(4, LogLevel.Information, "{Weights:F2} {First} {day.Hour}", FirstN = 3)]
        public static partial void Fields(ILogger logger, ReadOnlySpan<float> weights, [LogValues(2)] int[] first, [SecretData] string key, [LogProperties(MaxDepth = 1)] Day day);
    }
}

// What the generator looks for in ZLogger's assembly.
namespace ZLogger
{
    public interface IZLoggerEntry;

    public interface IKeyNameMutator;

    public readonly struct LogInfo;

    public interface IZLoggerEntryCreatable
    {
        IZLoggerEntry CreateEntry(in LogInfo info);
    }

    public interface IZLoggerFormattable : IZLoggerEntryCreatable
    {
        int ParameterCount { get; }

        bool IsSupportUtf8ParameterKey { get; }

        string ToString();

        void ToString(IBufferWriter<byte> writer);

        string GetOriginalFormat();

        void WriteOriginalFormat(IBufferWriter<byte> writer);

        void WriteJsonParameterKeyValues(Utf8JsonWriter jsonWriter, JsonSerializerOptions jsonSerializerOptions, IKeyNameMutator? keyNameMutator = null);

        ReadOnlySpan<byte> GetParameterKey(int index);

        string GetParameterKeyAsString(int index);

        object? GetParameterValue(int index);

        T? GetParameterValue<T>(int index);

        Type GetParameterType(int index);
    }

    public sealed class ZLoggerEntry<TState> : IZLoggerEntry
        where TState : IZLoggerFormattable
    {
        public static ZLoggerEntry<TState> Create(in LogInfo info, TState state) => new();
    }
}
