using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Records;

/// <summary>Passes calls of attributed methods to loggers that are not FastTrainLog's own; generated code uses it.</summary>
/// <remarks>
/// One state serves all methods with the same types of arguments, so the generated code of a method has none of its own: numbers, strings and an exception are most
/// of what is logged, and a type for each method would make a project slow to build and large. A method that logs anything else gets its own state.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class LogCall
{
    /// <summary>Logs a call without arguments.</summary>
    /// <param name="logger">The logger.</param>
    /// <param name="level">The level.</param>
    /// <param name="site">The call site.</param>
    /// <param name="exception">The exception, or null.</param>
    public static void Log(ILogger logger, LogLevel level, CallSite site, Exception? exception) =>
        Send(logger, level, site, exception, new NoValues());

    /// <summary>Logs a call with one argument.</summary>
    /// <typeparam name="T1">The type of the argument: a number, <see cref="bool"/>, <see cref="char"/> or <see cref="string"/>, as for all others.</typeparam>
    /// <param name="logger">The logger.</param>
    /// <param name="level">The level.</param>
    /// <param name="site">The call site.</param>
    /// <param name="exception">The exception, or null.</param>
    /// <param name="value1">The argument.</param>
    public static void Log<T1>(ILogger logger, LogLevel level, CallSite site, Exception? exception, T1 value1) =>
        Send(logger, level, site, exception, Put(value1, new NoValues()));

    /// <summary>Logs a call with two arguments.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second.</typeparam>
    /// <param name="logger">The logger.</param>
    /// <param name="level">The level.</param>
    /// <param name="site">The call site.</param>
    /// <param name="exception">The exception, or null.</param>
    /// <param name="value1">The first argument.</param>
    /// <param name="value2">The second.</param>
    public static void Log<T1, T2>(ILogger logger, LogLevel level, CallSite site, Exception? exception, T1 value1, T2 value2) =>
        Send(logger, level, site, exception, Put(value1, Put(value2, new NoValues())));

    /// <summary>Logs a call with three arguments.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second.</typeparam>
    /// <typeparam name="T3">The type of the third.</typeparam>
    /// <param name="logger">The logger.</param>
    /// <param name="level">The level.</param>
    /// <param name="site">The call site.</param>
    /// <param name="exception">The exception, or null.</param>
    /// <param name="value1">The first argument.</param>
    /// <param name="value2">The second.</param>
    /// <param name="value3">The third.</param>
    public static void Log<T1, T2, T3>(ILogger logger, LogLevel level, CallSite site, Exception? exception, T1 value1, T2 value2, T3 value3) =>
        Send(logger, level, site, exception, Put(value1, Put(value2, Put(value3, new NoValues()))));

    /// <summary>Logs a call with four arguments.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second.</typeparam>
    /// <typeparam name="T3">The type of the third.</typeparam>
    /// <typeparam name="T4">The type of the fourth.</typeparam>
    /// <param name="logger">The logger.</param>
    /// <param name="level">The level.</param>
    /// <param name="site">The call site.</param>
    /// <param name="exception">The exception, or null.</param>
    /// <param name="value1">The first argument.</param>
    /// <param name="value2">The second.</param>
    /// <param name="value3">The third.</param>
    /// <param name="value4">The fourth.</param>
    public static void Log<T1, T2, T3, T4>(ILogger logger, LogLevel level, CallSite site, Exception? exception, T1 value1, T2 value2, T3 value3, T4 value4) =>
        Send(logger, level, site, exception, Put(value1, Put(value2, Put(value3, Put(value4, new NoValues())))));

    /// <summary>Logs a call with five arguments.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second.</typeparam>
    /// <typeparam name="T3">The type of the third.</typeparam>
    /// <typeparam name="T4">The type of the fourth.</typeparam>
    /// <typeparam name="T5">The type of the fifth.</typeparam>
    /// <param name="logger">The logger.</param>
    /// <param name="level">The level.</param>
    /// <param name="site">The call site.</param>
    /// <param name="exception">The exception, or null.</param>
    /// <param name="value1">The first argument.</param>
    /// <param name="value2">The second.</param>
    /// <param name="value3">The third.</param>
    /// <param name="value4">The fourth.</param>
    /// <param name="value5">The fifth.</param>
    public static void Log<T1, T2, T3, T4, T5>(ILogger logger, LogLevel level, CallSite site, Exception? exception, T1 value1, T2 value2, T3 value3, T4 value4, T5 value5) =>
        Send(logger, level, site, exception, Put(value1, Put(value2, Put(value3, Put(value4, Put(value5, new NoValues()))))));

    /// <summary>Logs a call with six arguments.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second.</typeparam>
    /// <typeparam name="T3">The type of the third.</typeparam>
    /// <typeparam name="T4">The type of the fourth.</typeparam>
    /// <typeparam name="T5">The type of the fifth.</typeparam>
    /// <typeparam name="T6">The type of the sixth.</typeparam>
    /// <param name="logger">The logger.</param>
    /// <param name="level">The level.</param>
    /// <param name="site">The call site.</param>
    /// <param name="exception">The exception, or null.</param>
    /// <param name="value1">The first argument.</param>
    /// <param name="value2">The second.</param>
    /// <param name="value3">The third.</param>
    /// <param name="value4">The fourth.</param>
    /// <param name="value5">The fifth.</param>
    /// <param name="value6">The sixth.</param>
    public static void Log<T1, T2, T3, T4, T5, T6>(ILogger logger, LogLevel level, CallSite site, Exception? exception, T1 value1, T2 value2, T3 value3, T4 value4, T5 value5, T6 value6) =>
        Send(logger, level, site, exception, Put(value1, Put(value2, Put(value3, Put(value4, Put(value5, Put(value6, new NoValues())))))));

    private static void Send<TValues>(ILogger logger, LogLevel level, CallSite site, Exception? exception, TValues values)
        where TValues : struct, ILogValues =>
        logger.Log(level, site.EventId, new State<TValues>(site, exception, values), exception, RecordState<State<TValues>>.Format);

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

        public int Size => rest.Size + (typeof(T) == typeof(string) ? RecordWriter.SizeOf(Text) : Unsafe.SizeOf<T>());

        private string? Text => Unsafe.As<T, string?>(ref Unsafe.AsRef(in first));

        public object? ValueAt(int index) => index == 0 ? first : rest.ValueAt(index - 1);

        public void Append(ref DefaultInterpolatedStringHandler text, int index, in TemplatePart part)
        {
            if (index > 0)
            {
                rest.Append(ref text, index - 1, in part);
            }
            else if (typeof(T) == typeof(string))
            {
                text.AppendFormatted(Text ?? MessageArgument.Null, part.Alignment);
            }
            else
            {
                text.AppendFormatted(first, part.Alignment, part.Format.Text);
            }
        }

        public void Write(ref RecordWriter record)
        {
            if (typeof(T) == typeof(string))
            {
                record.Write(Text);
            }
            else
            {
                record.WriteBits(first);
            }

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

        // Where the library's own logger stands behind a composite one.
        private static void Encode(in State<TValues> state, TrainLogger logger, LogLevel level)
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
