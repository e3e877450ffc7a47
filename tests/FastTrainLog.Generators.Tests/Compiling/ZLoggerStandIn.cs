using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace FastTrainLog.Generators.Tests.Compiling;

/// <summary>An assembly with what the generator looks for in ZLogger's.</summary>
internal static class ZLoggerStandIn
{
    private const string Source = """
        using System;
        using System.Buffers;
        using System.Text.Json;

        namespace ZLogger;

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
        """;

    private static readonly byte[] Image = Compile();

    public static MetadataReference Reference { get; } = MetadataReference.CreateFromImage(Image);

    /// <summary>Lets assemblies that were compiled against it run.</summary>
    public static void Load() => AssemblyLoadContext.Default.LoadFromStream(new MemoryStream(Image));

    private static byte[] Compile()
    {
        using var image = new MemoryStream();
        Assert.True(Compiled.Source(LanguageVersion.CSharp12, Source).WithAssemblyName("ZLogger").Emit(image).Success);
        return image.ToArray();
    }
}
