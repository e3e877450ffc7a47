using System.Reflection;
using FastTrainLog.Generators.Tests.Behaviour;
using FastTrainLog.Generators.Tests.Compiling;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Generators.Tests.Parity;

/// <summary>The cases, compiled with one of the two attributes and the generator that belongs to it.</summary>
internal static class ParitySource
{
    private const string Types = """
        #nullable enable
        using System;
        using System.Collections.Generic;
        using Microsoft.Extensions.Logging;
        using LogAttribute = ATTRIBUTE;

        namespace Cases;

        public static class Failures
        {
            public static readonly Exception One = new InvalidOperationException("one");
            public static readonly Exception Two = new ArgumentException("two", One);
        }

        public sealed class Plain { public override string ToString() => "plain!"; }

        public sealed record Record(int Value);

        public readonly struct Shape : IFormattable
        {
            public string ToString(string? format, IFormatProvider? provider) => $"shape {format}";
        }

        public sealed class Typed<T>(ILogger logger) : ILogger<T>
        {
            public bool IsEnabled(LogLevel level) => logger.IsEnabled(level);
            public void Log<TState>(LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => logger.Log(level, id, state, exception, formatter);
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        }

        public partial class WithField
        {
            private readonly ILogger _logger;
            public WithField(ILogger logger) => _logger = logger;
            [Log(1, LogLevel.Information, "{a}")] public partial void M(int a);
        }

        public class Base
        {
            protected readonly ILogger Log;
            private readonly ILogger _hidden = null!;
            protected Base(ILogger logger) => Log = _hidden = logger;
        }

        public sealed partial class WithInherited(ILogger logger) : Base(logger)
        {
            [Log(1, LogLevel.Information, "{a}")] internal partial void M(int a);
        }

        public partial class WithStaticField
        {
            private static ILogger Logger = null!;
            [Log(1, LogLevel.Information, "{a}")] partial void Write(int a);
            public void M(int a, ILogger logger)
            {
                Logger = logger;
                Write(a);
            }
        }

        public partial class WithEveryAccessibility(ILogger logger)
        {
            private readonly ILogger _logger = logger;

            [Log(1, LogLevel.Information, "{a}")] public partial void Public(int a);
            [Log(2, LogLevel.Information, "{a}")] internal partial void Internal(int a);
            [Log(3, LogLevel.Information, "{a}")] protected partial void Protected(int a);
            [Log(4, LogLevel.Information, "{a}")] protected internal partial void ProtectedInternal(int a);
            [Log(5, LogLevel.Information, "{a}")] private protected partial void PrivateProtected(int a);
            [Log(6, LogLevel.Information, "{a}")] private partial void Private(int a);
            [Log(7, LogLevel.Information, "{a}")] partial void Unsaid(int a);
            [Log(8, LogLevel.Information, "{a}")] protected virtual partial void Virtual(int a);
            [Log(9, LogLevel.Information, "{a}")] protected static partial void Static(ILogger logger, int a);

            public void All(int a)
            {
                Public(a);
                Internal(a);
                Protected(a);
                ProtectedInternal(a);
                PrivateProtected(a);
                Private(a);
                Unsaid(a);
                Virtual(a);
                Static(_logger, a);
            }
        }
        internal sealed partial class WithOverride(ILogger logger) : WithEveryAccessibility(logger)
        {
            private readonly ILogger _own = logger;

            [Log(10, LogLevel.Warning, "overridden {a}")] protected sealed override partial void Virtual(int a);
            [Log(11, LogLevel.Warning, "hidden {a}")] internal new partial void Internal(int a);
        }
        public sealed partial class WithPrimary(ILogger log)
        {
            [Log(1, LogLevel.Information, "{a}")] public partial void M(int a);
        }

        public partial class WithGenericLogger
        {
            private readonly ILogger<int> _typed;
            public WithGenericLogger(ILogger<int> typed) => _typed = typed;
            [Log(1, LogLevel.Information, "{a}")] public partial void M(int a);
        }

        public partial class Outer<T>
        {
            public partial class Inner
            {
                private readonly ILogger _logger;
                public Inner(ILogger logger) => _logger = logger;
                [Log(1, LogLevel.Information, "{a} {b}")] public partial void M(string a, int b);
            }
        }

        """;

    /// <summary>Compiles the cases and loads them.</summary>
    public static Assembly Compile(bool platform)
    {
        string source = Types.Replace("ATTRIBUTE", platform ? "Microsoft.Extensions.Logging.LoggerMessageAttribute" : "FastTrainLog.TrainLogAttribute");
        for (int i = 0; i < ParityCases.All.Length; i++)
        {
            ParityCase parity = ParityCases.All[i];
            source += $$"""
                public static partial class Case{{i}}
                {
                    {{(platform ? parity.Platform ?? parity.Members : parity.Members)}}

                    private static ILogger Quiet(ILogger logger) => logger.IsEnabled(LogLevel.Trace) ? QuietLogger(logger) : logger;
                    public static Func<ILogger, ILogger> QuietLogger = null!;
                    public static void Run(ILogger logger)
                    {
                        {{parity.Calls}}
                    }
                }

                """;
        }

        return platform
            ? Compiled.With(PlatformGenerator.Create(), Compiled.Source(LanguageVersion.CSharp13, source)).Load(allowWarnings: true)
            : Compiled.WithTrainLog(source).Load();
    }

    /// <summary>Runs one case and returns what a foreign logger received.</summary>
    public static List<CapturedCall> Run(Assembly assembly, int index)
    {
        var logger = new CapturingLogger();
        Run(assembly, index, logger, new CapturingLogger(LogLevel.Information, logger.Calls));
        return logger.Calls;
    }

    /// <summary>Runs one case.</summary>
    public static void Run(Assembly assembly, int index, ILogger logger, ILogger quiet)
    {
        Type type = assembly.GetType($"Cases.Case{index}", throwOnError: true)!;
        type.GetField("QuietLogger")!.SetValue(null, (Func<ILogger, ILogger>)(_ => quiet));
        type.GetMethod("Run")!.Invoke(null, [logger]);
    }
}
