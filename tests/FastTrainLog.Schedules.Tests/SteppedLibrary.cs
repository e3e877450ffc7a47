using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using FastTrainLog.Schedules.Tests.Planted;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace FastTrainLog.Schedules.Tests;

/// <summary>The library as it was built, with a point before each access to memory that threads share when they hand pages over.</summary>
/// <remarks>The library itself knows nothing of it: its code gets the points when the tests load it.</remarks>
internal static class SteppedLibrary
{
    private const string Name = "FastTrainLog";

    // Whatever several threads access; a thread's own fields would only make executions longer.
    private static readonly Dictionary<string, string[]> Shared = new()
    {
        ["FastTrainLog.Frontend.ThreadBuffer"] = ["_hold", "_slot", "_inSlowPath", "_openPage"],
        ["FastTrainLog.Frontend.ThreadSlot"] = ["Limit", "Pipeline", "_stack", "FrontIsTaken"],
        ["FastTrainLog.Frontend.Page"] = ["<Owner>k__BackingField", "<Sequence>k__BackingField"],
        ["FastTrainLog.Frontend.PagePool"] = [],
        ["FastTrainLog.Frontend.LogPipeline"] = ["_buffers", "_wishesForPages"],
        ["FastTrainLog.Backend.ThreadReader"] = [],
        ["FastTrainLog.Backend.ThreadReaders"] = [],
        ["FastTrainLog.Records.RecordWriter"] = [],
        ["FastTrainLog.TrainLogger"] = [],
    };

    // They store words that the backend reads: what ends a page, and that no record follows yet.
    private static readonly string[] MemoryWriters = ["Commit", "Begin", "BeginNext", "BeginSlow", "NoteFlow", "Open", "Seal", "WriteContext"];

    [ModuleInitializer]
    internal static void Load() => AssemblyLoadContext.Default.Resolving += static (context, name) => name.Name == Name ? context.LoadFromStream(Rewrite()) : null;

    private static MemoryStream Rewrite()
    {
        using var library = ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, "original", $"{Name}.dll"));
        if (PlantedBug.Chosen is { } bug)
        {
            bug.Plant(library);
        }

        foreach ((string typeName, string[] fields) in Shared)
        {
            TypeDefinition type = library.GetType(typeName) ?? throw new InvalidOperationException($"The library has no type {typeName}.");
            if (fields.FirstOrDefault(field => type.Fields.All(f => f.Name != field)) is { } missing)
            {
                throw new InvalidOperationException($"{typeName} has no field {missing}.");
            }

            foreach (MethodDefinition method in type.Methods.Where(method => method.HasBody && !method.IsConstructor))
            {
                AddPoints(library, method);
            }
        }

        var result = new MemoryStream();
        library.Write(result);
        result.Position = 0;
        return result;
    }

    private static void AddPoints(ModuleDefinition library, MethodDefinition method)
    {
        method.Body.SimplifyMacros();
        // A thread that was stopped while it holds a lock would stop the others for ever: it is one step.
        Instruction? takesLock = method.Body.Instructions.FirstOrDefault(TakesLock);
        foreach (Instruction instruction in method.Body.Instructions.ToArray())
        {
            if (instruction.Operand is MethodReference called && Replacement(called) is { } replacement)
            {
                instruction.OpCode = OpCodes.Call;
                instruction.Operand = library.ImportReference(replacement);
            }

            if (takesLock is null ? IsShared(method, instruction) : instruction == takesLock)
            {
                MethodInfo point = typeof(Schedule).GetMethod(takesLock is null ? nameof(Schedule.Point) : nameof(Schedule.LockPoint))!;
                // Before the prefix of the access, if it has one; jumps to the access come to the point.
                Instruction first = instruction.Previous is { OpCode.OpCodeType: OpCodeType.Prefix } prefix ? prefix : instruction;
                var copy = Instruction.Create(OpCodes.Nop);
                (copy.OpCode, copy.Operand) = (first.OpCode, first.Operand);
                (first.OpCode, first.Operand) = (OpCodes.Call, library.ImportReference(point));
                method.Body.GetILProcessor().InsertAfter(first, copy);
            }
        }

        method.Body.OptimizeMacros();
    }

    private static bool IsShared(MethodDefinition method, Instruction instruction) => instruction.Operand switch
    {
        FieldReference field => instruction.OpCode.Code is Code.Ldfld or Code.Stfld or Code.Ldsfld or Code.Stsfld
            && Shared.TryGetValue(field.DeclaringType.FullName, out string[]? fields) && fields.Contains(field.Name),
        MethodReference called => called.DeclaringType.FullName is "System.Threading.Volatile" or "System.Threading.Interlocked",
        _ => instruction.OpCode.Code == Code.Stind_I8 && MemoryWriters.Contains(method.Name),
    };

    private static MethodInfo? Replacement(MethodReference called) => (called.DeclaringType.FullName, called.Name) switch
    {
        ("System.Threading.Thread", "get_ThreadState") => typeof(Schedule).GetMethod(nameof(Schedule.StateOf)),
        ("System.Threading.Thread", "get_IsAlive") => typeof(Schedule).GetMethod(nameof(Schedule.IsAlive)),
        ("System.Threading.WaitHandle", "WaitOne") => typeof(Schedule).GetMethod(nameof(Schedule.WaitOne)),
        _ => null,
    };

    private static bool TakesLock(Instruction instruction) =>
        instruction.Operand is MethodReference { Name: "Enter" or "EnterScope", DeclaringType.FullName: "System.Threading.Monitor" or "System.Threading.Lock" };
}
