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
                string point = takesLock is not null ? nameof(Schedule.LockPoint) : IsFence(instruction) ? nameof(Schedule.FencePoint) : nameof(Schedule.Point);
                // In place of the prefix of the access, if it has one; jumps to the access come to the point.
                Instruction first = instruction;
                Instruction last = instruction;
                if (instruction.Previous is { OpCode.OpCodeType: OpCodeType.Prefix } prefix)
                {
                    first = prefix;
                }
                else
                {
                    last = Instruction.Create(OpCodes.Nop);
                    (last.OpCode, last.Operand) = (instruction.OpCode, instruction.Operand);
                    method.Body.GetILProcessor().InsertAfter(instruction, last);
                }

                bool isVolatile = first.OpCode == OpCodes.Volatile;
                (first.OpCode, first.Operand) = (OpCodes.Call, library.ImportReference(typeof(Schedule).GetMethod(point)));
                if (takesLock is null)
                {
                    Buffer(library, method, last, isVolatile);
                }
            }
            else if (takesLock is null && instruction.OpCode == OpCodes.Ldflda && instruction.Operand is FieldReference { DeclaringType.IsValueType: false } field
                && Shared.ContainsKey(field.DeclaringType.FullName))
            {
                Buffer(library, method, instruction, isVolatile: false);
            }
        }

        method.Body.OptimizeMacros();
    }

    // Lets an access pass the thread's store buffer.
    private static void Buffer(ModuleDefinition library, MethodDefinition method, Instruction access, bool isVolatile)
    {
        ILProcessor code = method.Body.GetILProcessor();
        switch (access.Operand)
        {
            case FieldReference { DeclaringType.IsValueType: var isMemory } field:
                GenericInstanceMethod passed = Passing(library, access.OpCode.Code, isMemory, field.FieldType);
                var rest = new List<Instruction>();
                if (access.OpCode.Code is Code.Stfld)
                {
                    var value = new VariableDefinition(field.FieldType);
                    method.Body.Variables.Add(value);
                    rest.Add(Instruction.Create(OpCodes.Stloc, value));
                    rest.AddRange(isMemory ? [] : [Instruction.Create(OpCodes.Dup)]);
                    rest.Add(Instruction.Create(OpCodes.Ldflda, field));
                    rest.Add(Instruction.Create(OpCodes.Ldloc, value));
                    rest.Add(Instruction.Create(isVolatile ? OpCodes.Ldc_I4_1 : OpCodes.Ldc_I4_0));
                }
                else
                {
                    rest.AddRange(isMemory ? [] : [Instruction.Create(OpCodes.Dup)]);
                    rest.Add(Instruction.Create(OpCodes.Ldflda, field));
                }

                rest.Add(Instruction.Create(OpCodes.Call, passed));
                (access.OpCode, access.Operand) = (rest[0].OpCode, rest[0].Operand);
                for (int i = 1; i < rest.Count; i++)
                {
                    code.InsertAfter(i == 1 ? access : rest[i - 1], rest[i]);
                }

                break;
            case MethodReference { DeclaringType.FullName: "System.Threading.Volatile" } called:
                var at = (ByReferenceType)called.Parameters[0].ParameterType;
                TypeReference type = called is GenericInstanceMethod { GenericArguments: [var argument] } ? argument : at.ElementType;
                access.Operand = Generic(library, called.Name == "Read" ? nameof(Schedule.Load) : nameof(Schedule.Release), type);
                break;
            case MethodReference { Name: "MemoryBarrierProcessWide", DeclaringType.Name: "Interlocked" }:
                access.Operand = library.ImportReference(typeof(Schedule).GetMethod(nameof(Schedule.FenceAll)));
                break;
            case MethodReference { Name: "WriteUnaligned" }:
            case null:
                (access.OpCode, access.Operand) = (OpCodes.Call, library.ImportReference(typeof(Schedule).GetMethod(nameof(Schedule.StoreAt))));
                break;
            default:
                break;
        }
    }

    private static GenericInstanceMethod Passing(ModuleDefinition library, Code access, bool isMemory, TypeReference type) => (access, isMemory) switch
    {
        (Code.Ldflda, _) => Generic(library, nameof(Schedule.FieldOf), type),
        (Code.Ldfld, true) => Generic(library, nameof(Schedule.Load), type),
        (Code.Ldfld, false) => Generic(library, nameof(Schedule.LoadField), type),
        (Code.Stfld, true) => Generic(library, nameof(Schedule.Store), type),
        (Code.Stfld, false) => Generic(library, nameof(Schedule.StoreField), type),
        _ => throw new NotSupportedException($"{access} of a shared field"),
    };

    // What has eight bytes is one type, whatever the code takes it for: a place in memory is stored as one and loaded as another.
    private static GenericInstanceMethod Generic(ModuleDefinition library, string name, TypeReference type)
    {
        TypeReference stored = type switch
        {
            { IsPointer: true } or { MetadataType: MetadataType.UInt64 or MetadataType.IntPtr or MetadataType.UIntPtr } => library.TypeSystem.Int64,
            { MetadataType: MetadataType.UInt32 } => library.TypeSystem.Int32,
            _ => type,
        };
        return new GenericInstanceMethod(library.ImportReference(typeof(Schedule).GetMethod(name))) { GenericArguments = { stored } };
    }

    private static bool IsShared(MethodDefinition method, Instruction instruction) => instruction.Operand switch
    {
        FieldReference field => instruction.OpCode.Code is Code.Ldfld or Code.Stfld or Code.Ldsfld or Code.Stsfld
            && Shared.TryGetValue(field.DeclaringType.FullName, out string[]? fields) && fields.Contains(field.Name),
        MethodReference called => called.DeclaringType.FullName is "System.Threading.Volatile" || called.DeclaringType.Name == nameof(PlainAccess) || IsFence(instruction)
            || (called.Name == "WriteUnaligned" && MemoryWriters.Contains(method.Name)),
        _ => instruction.OpCode.Code == Code.Stind_I8 && MemoryWriters.Contains(method.Name),
    };

    // A channel takes a lock.
    private static bool IsFence(Instruction instruction) => instruction.Operand is MethodReference called
        && (called.DeclaringType.FullName is "System.Threading.Interlocked" || called.DeclaringType.Name.StartsWith("Channel", StringComparison.Ordinal));

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
