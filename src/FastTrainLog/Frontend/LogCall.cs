using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Records;

/// <summary>Logs the calls of attributed methods that log numbers, enums, strings and an exception; generated code uses it.</summary>
/// <remarks>
/// The code and the state are the same for all methods with the same types of arguments, so the generated code of a method is a call: most of what is logged is of this kind,
/// and code of its own for each method would make a project slow to build and large. The compiler that runs the program makes one piece of code of a method and <c>Log</c>;
/// what is for other loggers, and would need room for references in that code, stays outside of it.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class LogCall
{
    /// <summary>Returns whether a logger logs a level.</summary>
    /// <param name="logger">The logger.</param>
    /// <param name="level">The level.</param>
    /// <returns>Whether it does; without a call through the interface if the logger is this library's own.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsEnabled(ILogger logger, LogLevel level) => logger is TrainLogger direct ? direct.IsEnabled(level) : logger.IsEnabled(level);

    /// <summary>Logs a call without arguments.</summary>
    /// <param name="logger">The logger, which logs the level.</param>
    /// <param name="level">The level.</param>
    /// <param name="site">The <see cref="CallSite.HeaderBits"/> of the call site.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Log(ILogger logger, LogLevel level, ulong site)
    {
        if (logger is TrainLogger direct)
        {
            direct.Begin(site, level, 0).Commit(level);
        }
        else
        {
            LogException(logger, level, site, null);
        }
    }

    /// <summary>Logs a call without arguments: with an exception, or to a logger of another library.</summary>
    /// <param name="logger">The logger, which logs the level.</param>
    /// <param name="level">The level.</param>
    /// <param name="site">The <see cref="CallSite.HeaderBits"/> of the call site.</param>
    /// <param name="exception">The exception, or null.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void LogException(ILogger logger, LogLevel level, ulong site, Exception? exception) => Send(logger, level, site, exception, new NoValues());

    /// <summary>Logs a call with one argument.</summary>
    /// <typeparam name="T1">The type of the argument: a number, an enum, <see cref="bool"/>, <see cref="char"/>, <see cref="TimeSpan"/>, <see cref="Guid"/> or <see cref="string"/>, as for all others.</typeparam>
    /// <param name="logger">The logger, which logs the level.</param>
    /// <param name="level">The level.</param>
    /// <param name="site">The <see cref="CallSite.HeaderBits"/> of the call site.</param>
    /// <param name="value1">The argument.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Log<T1>(ILogger logger, LogLevel level, ulong site, T1 value1)
    {
        if (logger is TrainLogger direct)
        {
            RecordWriter record = direct.Begin(site, level, RecordWriter.SizeOfArgument(value1));
            record.WriteArgument(value1);
            record.Commit(level);
        }
        else
        {
            LogException(logger, level, site, null, value1);
        }
    }

    /// <summary>Logs a call with one argument: with an exception, or to a logger of another library.</summary>
    /// <typeparam name="T1">The type of the argument: a number, an enum, <see cref="bool"/>, <see cref="char"/>, <see cref="TimeSpan"/>, <see cref="Guid"/> or <see cref="string"/>, as for all others.</typeparam>
    /// <param name="logger">The logger, which logs the level.</param>
    /// <param name="level">The level.</param>
    /// <param name="site">The <see cref="CallSite.HeaderBits"/> of the call site.</param>
    /// <param name="exception">The exception, or null.</param>
    /// <param name="value1">The argument.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void LogException<T1>(ILogger logger, LogLevel level, ulong site, Exception? exception, T1 value1) =>
        Send(logger, level, site, exception, Put(value1, new NoValues()));

    /// <summary>Logs a call with two arguments.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second.</typeparam>
    /// <param name="logger">The logger, which logs the level.</param>
    /// <param name="level">The level.</param>
    /// <param name="site">The <see cref="CallSite.HeaderBits"/> of the call site.</param>
    /// <param name="value1">The first argument.</param>
    /// <param name="value2">The second.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Log<T1, T2>(ILogger logger, LogLevel level, ulong site, T1 value1, T2 value2)
    {
        if (logger is TrainLogger direct)
        {
            RecordWriter record = direct.Begin(site, level, RecordWriter.SizeOfArgument(value1) + RecordWriter.SizeOfArgument(value2));
            record.WriteArgument(value1);
            record.WriteArgument(value2);
            record.Commit(level);
        }
        else
        {
            LogException(logger, level, site, null, value1, value2);
        }
    }

    /// <summary>Logs a call with two arguments: with an exception, or to a logger of another library.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second.</typeparam>
    /// <param name="logger">The logger, which logs the level.</param>
    /// <param name="level">The level.</param>
    /// <param name="site">The <see cref="CallSite.HeaderBits"/> of the call site.</param>
    /// <param name="exception">The exception, or null.</param>
    /// <param name="value1">The first argument.</param>
    /// <param name="value2">The second.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void LogException<T1, T2>(ILogger logger, LogLevel level, ulong site, Exception? exception, T1 value1, T2 value2) =>
        Send(logger, level, site, exception, Put(value1, Put(value2, new NoValues())));

    /// <summary>Logs a call with three arguments.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second.</typeparam>
    /// <typeparam name="T3">The type of the third.</typeparam>
    /// <param name="logger">The logger, which logs the level.</param>
    /// <param name="level">The level.</param>
    /// <param name="site">The <see cref="CallSite.HeaderBits"/> of the call site.</param>
    /// <param name="value1">The first argument.</param>
    /// <param name="value2">The second.</param>
    /// <param name="value3">The third.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Log<T1, T2, T3>(ILogger logger, LogLevel level, ulong site, T1 value1, T2 value2, T3 value3)
    {
        if (logger is TrainLogger direct)
        {
            RecordWriter record = direct.Begin(site, level, RecordWriter.SizeOfArgument(value1) + RecordWriter.SizeOfArgument(value2) + RecordWriter.SizeOfArgument(value3));
            record.WriteArgument(value1);
            record.WriteArgument(value2);
            record.WriteArgument(value3);
            record.Commit(level);
        }
        else
        {
            LogException(logger, level, site, null, value1, value2, value3);
        }
    }

    /// <summary>Logs a call with three arguments: with an exception, or to a logger of another library.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second.</typeparam>
    /// <typeparam name="T3">The type of the third.</typeparam>
    /// <param name="logger">The logger, which logs the level.</param>
    /// <param name="level">The level.</param>
    /// <param name="site">The <see cref="CallSite.HeaderBits"/> of the call site.</param>
    /// <param name="exception">The exception, or null.</param>
    /// <param name="value1">The first argument.</param>
    /// <param name="value2">The second.</param>
    /// <param name="value3">The third.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void LogException<T1, T2, T3>(ILogger logger, LogLevel level, ulong site, Exception? exception, T1 value1, T2 value2, T3 value3) =>
        Send(logger, level, site, exception, Put(value1, Put(value2, Put(value3, new NoValues()))));

    /// <summary>Logs a call with four arguments.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second.</typeparam>
    /// <typeparam name="T3">The type of the third.</typeparam>
    /// <typeparam name="T4">The type of the fourth.</typeparam>
    /// <param name="logger">The logger, which logs the level.</param>
    /// <param name="level">The level.</param>
    /// <param name="site">The <see cref="CallSite.HeaderBits"/> of the call site.</param>
    /// <param name="value1">The first argument.</param>
    /// <param name="value2">The second.</param>
    /// <param name="value3">The third.</param>
    /// <param name="value4">The fourth.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Log<T1, T2, T3, T4>(ILogger logger, LogLevel level, ulong site, T1 value1, T2 value2, T3 value3, T4 value4)
    {
        if (logger is TrainLogger direct)
        {
            RecordWriter record = direct.Begin(site, level, RecordWriter.SizeOfArgument(value1) + RecordWriter.SizeOfArgument(value2) + RecordWriter.SizeOfArgument(value3) + RecordWriter.SizeOfArgument(value4));
            record.WriteArgument(value1);
            record.WriteArgument(value2);
            record.WriteArgument(value3);
            record.WriteArgument(value4);
            record.Commit(level);
        }
        else
        {
            LogException(logger, level, site, null, value1, value2, value3, value4);
        }
    }

    /// <summary>Logs a call with four arguments: with an exception, or to a logger of another library.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second.</typeparam>
    /// <typeparam name="T3">The type of the third.</typeparam>
    /// <typeparam name="T4">The type of the fourth.</typeparam>
    /// <param name="logger">The logger, which logs the level.</param>
    /// <param name="level">The level.</param>
    /// <param name="site">The <see cref="CallSite.HeaderBits"/> of the call site.</param>
    /// <param name="exception">The exception, or null.</param>
    /// <param name="value1">The first argument.</param>
    /// <param name="value2">The second.</param>
    /// <param name="value3">The third.</param>
    /// <param name="value4">The fourth.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void LogException<T1, T2, T3, T4>(ILogger logger, LogLevel level, ulong site, Exception? exception, T1 value1, T2 value2, T3 value3, T4 value4) =>
        Send(logger, level, site, exception, Put(value1, Put(value2, Put(value3, Put(value4, new NoValues())))));

    /// <summary>Logs a call with five arguments.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second.</typeparam>
    /// <typeparam name="T3">The type of the third.</typeparam>
    /// <typeparam name="T4">The type of the fourth.</typeparam>
    /// <typeparam name="T5">The type of the fifth.</typeparam>
    /// <param name="logger">The logger, which logs the level.</param>
    /// <param name="level">The level.</param>
    /// <param name="site">The <see cref="CallSite.HeaderBits"/> of the call site.</param>
    /// <param name="value1">The first argument.</param>
    /// <param name="value2">The second.</param>
    /// <param name="value3">The third.</param>
    /// <param name="value4">The fourth.</param>
    /// <param name="value5">The fifth.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Log<T1, T2, T3, T4, T5>(ILogger logger, LogLevel level, ulong site, T1 value1, T2 value2, T3 value3, T4 value4, T5 value5)
    {
        if (logger is TrainLogger direct)
        {
            RecordWriter record = direct.Begin(site, level, RecordWriter.SizeOfArgument(value1) + RecordWriter.SizeOfArgument(value2) + RecordWriter.SizeOfArgument(value3) + RecordWriter.SizeOfArgument(value4) + RecordWriter.SizeOfArgument(value5));
            record.WriteArgument(value1);
            record.WriteArgument(value2);
            record.WriteArgument(value3);
            record.WriteArgument(value4);
            record.WriteArgument(value5);
            record.Commit(level);
        }
        else
        {
            LogException(logger, level, site, null, value1, value2, value3, value4, value5);
        }
    }

    /// <summary>Logs a call with five arguments: with an exception, or to a logger of another library.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second.</typeparam>
    /// <typeparam name="T3">The type of the third.</typeparam>
    /// <typeparam name="T4">The type of the fourth.</typeparam>
    /// <typeparam name="T5">The type of the fifth.</typeparam>
    /// <param name="logger">The logger, which logs the level.</param>
    /// <param name="level">The level.</param>
    /// <param name="site">The <see cref="CallSite.HeaderBits"/> of the call site.</param>
    /// <param name="exception">The exception, or null.</param>
    /// <param name="value1">The first argument.</param>
    /// <param name="value2">The second.</param>
    /// <param name="value3">The third.</param>
    /// <param name="value4">The fourth.</param>
    /// <param name="value5">The fifth.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void LogException<T1, T2, T3, T4, T5>(ILogger logger, LogLevel level, ulong site, Exception? exception, T1 value1, T2 value2, T3 value3, T4 value4, T5 value5) =>
        Send(logger, level, site, exception, Put(value1, Put(value2, Put(value3, Put(value4, Put(value5, new NoValues()))))));

    /// <summary>Logs a call with six arguments.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second.</typeparam>
    /// <typeparam name="T3">The type of the third.</typeparam>
    /// <typeparam name="T4">The type of the fourth.</typeparam>
    /// <typeparam name="T5">The type of the fifth.</typeparam>
    /// <typeparam name="T6">The type of the sixth.</typeparam>
    /// <param name="logger">The logger, which logs the level.</param>
    /// <param name="level">The level.</param>
    /// <param name="site">The <see cref="CallSite.HeaderBits"/> of the call site.</param>
    /// <param name="value1">The first argument.</param>
    /// <param name="value2">The second.</param>
    /// <param name="value3">The third.</param>
    /// <param name="value4">The fourth.</param>
    /// <param name="value5">The fifth.</param>
    /// <param name="value6">The sixth.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Log<T1, T2, T3, T4, T5, T6>(ILogger logger, LogLevel level, ulong site, T1 value1, T2 value2, T3 value3, T4 value4, T5 value5, T6 value6)
    {
        if (logger is TrainLogger direct)
        {
            RecordWriter record = direct.Begin(site, level, RecordWriter.SizeOfArgument(value1) + RecordWriter.SizeOfArgument(value2) + RecordWriter.SizeOfArgument(value3) + RecordWriter.SizeOfArgument(value4) + RecordWriter.SizeOfArgument(value5) + RecordWriter.SizeOfArgument(value6));
            record.WriteArgument(value1);
            record.WriteArgument(value2);
            record.WriteArgument(value3);
            record.WriteArgument(value4);
            record.WriteArgument(value5);
            record.WriteArgument(value6);
            record.Commit(level);
        }
        else
        {
            LogException(logger, level, site, null, value1, value2, value3, value4, value5, value6);
        }
    }

    /// <summary>Logs a call with six arguments: with an exception, or to a logger of another library.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second.</typeparam>
    /// <typeparam name="T3">The type of the third.</typeparam>
    /// <typeparam name="T4">The type of the fourth.</typeparam>
    /// <typeparam name="T5">The type of the fifth.</typeparam>
    /// <typeparam name="T6">The type of the sixth.</typeparam>
    /// <param name="logger">The logger, which logs the level.</param>
    /// <param name="level">The level.</param>
    /// <param name="site">The <see cref="CallSite.HeaderBits"/> of the call site.</param>
    /// <param name="exception">The exception, or null.</param>
    /// <param name="value1">The first argument.</param>
    /// <param name="value2">The second.</param>
    /// <param name="value3">The third.</param>
    /// <param name="value4">The fourth.</param>
    /// <param name="value5">The fifth.</param>
    /// <param name="value6">The sixth.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void LogException<T1, T2, T3, T4, T5, T6>(ILogger logger, LogLevel level, ulong site, Exception? exception, T1 value1, T2 value2, T3 value3, T4 value4, T5 value5, T6 value6) =>
        Send(logger, level, site, exception, Put(value1, Put(value2, Put(value3, Put(value4, Put(value5, Put(value6, new NoValues())))))));

    private static void Send<TValues>(ILogger logger, LogLevel level, ulong site, Exception? exception, TValues values)
        where TValues : struct, ILogValues
    {
        var state = new State<TValues>(CallSite.Of(site), exception, values);
        if (logger is TrainLogger direct)
        {
            State<TValues>.Encode(in state, direct, level);
        }
        else
        {
            logger.Log(level, state.EventId, state, exception, RecordState<State<TValues>>.Format);
        }
    }

    private static Values<T, TRest> Put<T, TRest>(T first, TRest rest)
        where TRest : struct, ILogValues => new(first, rest);

    /// <summary>The arguments of a call, without a box for any.</summary>
    private interface ILogValues
    {
        int Count { get; }

        /// <summary>Gets the bytes that they take in a record.</summary>
        int Size { get; }

        object? ValueAt(int index);

        void Append(ref DefaultInterpolatedStringHandler text, int index, in TemplatePart part);

        void Write(ref RecordWriter record);
    }

    private readonly struct NoValues : ILogValues
    {
        public int Count => 0;

        public int Size => 0;

        public object? ValueAt(int index) => throw new IndexOutOfRangeException(nameof(index));

        public void Append(ref DefaultInterpolatedStringHandler text, int index, in TemplatePart part)
        {
        }

        public void Write(ref RecordWriter record)
        {
        }
    }

    private readonly struct Values<T, TRest>(T first, TRest rest) : ILogValues
        where TRest : struct, ILogValues
    {
        public int Count => rest.Count + 1;

        public int Size => rest.Size + RecordWriter.SizeOfArgument(first);

        public object? ValueAt(int index) => index == 0 ? first : rest.ValueAt(index - 1);

        public void Append(ref DefaultInterpolatedStringHandler text, int index, in TemplatePart part)
        {
            if (index > 0)
            {
                rest.Append(ref text, index - 1, in part);
            }
            else if (typeof(T) == typeof(string))
            {
                text.AppendFormatted((string?)(object?)first ?? MessageArgument.Null, part.Alignment);
            }
            else
            {
                text.AppendFormatted(first, part.Alignment, part.Format.Text);
            }
        }

        public void Write(ref RecordWriter record)
        {
            record.WriteArgument(first);
            rest.Write(ref record);
        }
    }

    /// <summary>What a logger receives: the arguments by their names, and the message.</summary>
    private readonly struct State<TValues> : IReadOnlyList<KeyValuePair<string, object?>>
        where TValues : struct, ILogValues
    {
        private readonly CallSite _site;
        private readonly Exception? _exception;
        private readonly TValues _values;

        static State() => RecordState<State<TValues>>.Register(Encode);

        public State(CallSite site, Exception? exception, TValues values)
        {
            _site = site;
            _exception = exception;
            _values = values;
        }

        public EventId EventId => _site.EventId;

        public int Count => _values.Count + 1;

        public KeyValuePair<string, object?> this[int index] =>
            index == _values.Count ? new(FormattedText.Template, _site.MessageTemplate) : new(_site.Arguments[index].Name, _values.ValueAt(index));

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => StatePairs.Enumerate(this);

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString()
        {
            if (_values.Count == 0)
            {
                // LoggerMessage.Define does not convert the doubled braces of a message without arguments.
                return _site.MessageTemplate;
            }

            TemplatePart[] parts = _site.Template.Parts;
            var text = new DefaultInterpolatedStringHandler(_site.MessageTemplate.Length, _values.Count, CultureInfo.InvariantCulture);
            for (int i = 0; i < parts.Length; i++)
            {
                text.AppendLiteral(_site.Leads[i]);
                if (parts[i].Argument >= 0)
                {
                    _values.Append(ref text, parts[i].Argument, in parts[i]);
                }
            }

            return text.ToStringAndClear();
        }

        // For the library's own logger: of a call with an exception, or where it stands behind a composite one.
        public static void Encode(in State<TValues> state, TrainLogger logger, LogLevel level)
        {
            CallSite site = state._site;
            if (site.ExceptionArgument < 0)
            {
                RecordWriter record = logger.Begin(site.HeaderBits, level, state._values.Size);
                state._values.Write(ref record);
                record.Commit(level);
                return;
            }

            var exception = ExceptionText.Capture(state._exception);
            RecordWriter withException = logger.Begin(site.HeaderBits, level, state._values.Size + RecordWriter.SizeOf(exception));
            state._values.Write(ref withException);
            withException.Write(exception);
            withException.Commit(level);
        }
    }
}
