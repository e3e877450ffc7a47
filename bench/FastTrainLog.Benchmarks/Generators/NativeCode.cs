using System.Diagnostics.Tracing;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Benchmarks.Generators;

/// <summary>Counts the native code that the runtime makes when each log method of an assembly is called once, its message included.</summary>
internal sealed class NativeCode : EventListener, ILogger
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const EventKeywords Jit = (EventKeywords)0x10;
    private const int Size = 3;
    private const int Namespace = 6;
    private const int Signature = 8;

    private string? _namespace;
    private long _bytes;

    /// <summary>Returns the bytes of the assembly's code and of generic code over its types, all methods together.</summary>
    public static long Of(string assembly)
    {
        // Not one that can be unloaded: the runtime compiles such code at once with all optimization.
        var context = new AssemblyLoadContext(assembly);
        Type[] types = [.. context.LoadFromAssemblyPath(assembly).GetExportedTypes().Where(static type => type is { IsAbstract: true, IsSealed: true })];
        using var code = new NativeCode();
        Volatile.Write(ref code._namespace, types[0].Namespace);
        Array.ForEach(types, code.Call);
        return Interlocked.Read(ref code._bytes);
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _ = formatter(state, exception);

    protected override void OnEventSourceCreated(EventSource source)
    {
        if (source.Name == Runtime)
        {
            EnableEvents(source, EventLevel.Verbose, Jit);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs written)
    {
        if (Volatile.Read(ref _namespace) is { } counted && written is { Payload: { } method, EventName: { } name } && name.StartsWith("MethodLoadVerbose", StringComparison.Ordinal)
            && ($"{method[Namespace]}".Contains(counted, StringComparison.Ordinal) || $"{method[Signature]}".Contains(counted, StringComparison.Ordinal)))
        {
            Interlocked.Add(ref _bytes, (uint)method[Size]!);
        }
    }

    private void Call(Type type)
    {
        foreach (MethodInfo method in type.GetMethods(BindingFlags.Public | BindingFlags.Static))
        {
            object?[] values = [.. method.GetParameters().Select(parameter => parameter.ParameterType == typeof(ILogger) ? this : parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null)];
            method.Invoke(null, values);
        }
    }
}
