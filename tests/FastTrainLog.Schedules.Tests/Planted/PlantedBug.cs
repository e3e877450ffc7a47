using Mono.Cecil;
using Mono.Cecil.Cil;

namespace FastTrainLog.Schedules.Tests.Planted;

/// <summary>A fault of the hand-over that the exploration must find: a change of the library's code.</summary>
/// <param name="Name">What is wrong then.</param>
/// <param name="Type">The type.</param>
/// <param name="Method">The method.</param>
/// <param name="Place">What is changed in it: the end of an operand's name.</param>
/// <param name="Occurrence">Which one of those, from 0 on.</param>
/// <param name="Pops">How many values the changed instruction takes.</param>
/// <param name="Result">What it gives in place of its result.</param>
internal sealed record PlantedBug(string Name, string Type, string Method, string Place, int Occurrence, int Pops, params OpCode[] Result)
{
    // Then it is called without a fence, and changes nothing else.
    private const int Plainly = -1;


    /// <summary>The environment variable that chooses one.</summary>
    public const string Variable = "FASTTRAINLOG_PLANTED";

    private const string Buffer = "FastTrainLog.Frontend.ThreadBuffer";
    private const string Page = "FastTrainLog.Frontend.Page";
    private const string Reader = "FastTrainLog.Backend.ThreadReader";
    private const string Slot = "FastTrainLog.Frontend.ThreadSlot";
    private const string Readers = "FastTrainLog.Backend.ThreadReaders";

    /// <summary>Gets all of them.</summary>
    public static IReadOnlyList<PlantedBug> All { get; } =
    [
        new("a page that was taken still counts as open", Buffer, "get_OpenPage", "Volatile::Read(System.Int32&)", 0, 1, OpCodes.Ldc_I4_0),
        new("a full page stays open until the next one is", Buffer, "TryLeavePage", "Volatile::Write<FastTrainLog.Frontend.Page>(!!0&,!!0)", 1, 2),
        new("a page is taken from a thread that is in the slow path", Buffer, "TryTakeBack", "::_inSlowPath", 0, 1, OpCodes.Ldc_I4_0),
        new("a page is taken whatever was written meanwhile", Buffer, "TryTakeBack", "Volatile::Read(System.UInt64&)", 0, 1, OpCodes.Ldc_I4_0, OpCodes.Conv_U8),
        new("a page is taken while its thread may write on", Buffer, "TryTakeBack", "ThreadSlot::Limit", 0, 2),
        new("no second look at whether the thread sleeps", Buffer, "TryTakeBack", "::get_Sleeps()", 1, 1, OpCodes.Ldc_I4_1),
        new("a thread does not look whether its page was taken", Buffer, "BeginSlow", "::ComeBack(FastTrainLog.Frontend.ThreadSlot*)", 0, 2),
        new("a page is not sealed", Buffer, "TryLeavePage", "Page::Seal(System.Byte*)", 1, 1),
        new("a page does not wait for its predecessor", Reader, "TryTurn", "::_nextSequence", 0, 1, OpCodes.Ldloc_0),
        new("a dead thread's page is released unread", Readers, "RetireDead", "ThreadReader::TryPeek()", 0, 1, OpCodes.Ldc_I4_0),
        new("a page is given back twice", Reader, "Leave", "::_page", 3, 2),
        new("a page for which another was handed is not sealed", Buffer, "BeginNext", "Page::Seal(System.Byte*)", 0, 1),
        new("a thread leaves a page without taking what it was handed", Page, "Leave", "Interlocked::Exchange(System.Int64&,System.Int64)", 0, 2, OpCodes.Ldc_I4_0, OpCodes.Conv_I8),
        new("a page is handed to a thread that has left", Page, "TryHand", "Interlocked::CompareExchange(System.Int64&,System.Int64,System.Int64)", 0, 3, OpCodes.Ldc_I4_0, OpCodes.Conv_I8),
        new("a thread goes on in a page without a limit, which may have been taken", Buffer, "BeginNext", "ThreadSlot::Limit", 0, 1, OpCodes.Ldc_I4_1, OpCodes.Conv_U),
        new("a thread's pages are counted on from before one was taken", Buffer, "ComeBack", "::_takenSequence", 0, 1, OpCodes.Ldc_I4_0, OpCodes.Conv_I8),
        new("what was handed to a thread that has ended stays with it", Reader, "Release", "::ReturnHanded()", 0, 1),
        new("a slot is given back twice", Slot, "ComeToFront", "Owner::set_Slot(System.IntPtr)", 0, 2),
        new("the stack of a thread that has ended stays in its slot", Slot, "Claim", "::SetSpecific(System.UInt32,System.Void*)", 0, 2, OpCodes.Ldc_I4_0),
        new("two threads are in front", Slot, "ComeToFront", "Interlocked::Exchange(System.Int32&,System.Int32)", 0, 2, OpCodes.Ldc_I4_0),

        new("a limit that is removed may still be seen when a thread is looked at again", Buffer, "TryTakeBack", "Interlocked::MemoryBarrierProcessWide()", 0, Plainly),
        new("a page is taken without a fence", Buffer, "TryTakeBack", "Interlocked::CompareExchange(System.Int32&,System.Int32,System.Int32)", 1, Plainly),
        new("a thread looks whether its page was taken without a fence", Buffer, "ComeBack", "Interlocked::CompareExchange(System.Int32&,System.Int32,System.Int32)", 0, Plainly),
        new("a page is handed without a fence", Page, "TryHand", "Interlocked::CompareExchange(System.Int64&,System.Int64,System.Int64)", 0, Plainly),
        new("a page that was handed is taken back without a fence", Page, "TakeBackNext", "Interlocked::CompareExchange(System.Int64&,System.Int64,System.Int64)", 0, Plainly),
        new("a page is left without a fence", Page, "Leave", "Interlocked::Exchange(System.Int64&,System.Int64)", 0, Plainly),
        new("a record is committed before the next one is marked as missing", "FastTrainLog.Records.RecordWriter", "Commit", "Volatile::Write(System.UInt64&,System.UInt64)", 0, Plainly),
        new("a thread owns its page again before it has let go of the one that was taken", Buffer, "ComeBack", "Volatile::Write(System.Int32&,System.Int32)", 0, Plainly),
    ];

    /// <summary>Gets whether only a memory shows it that delays stores.</summary>
    public bool IsOfMemory => Pops == Plainly;

    /// <summary>Gets the one that this process has; null for none.</summary>
    public static PlantedBug? Chosen { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } name ? All.Single(bug => bug.Name == name) : null;

    public void Plant(ModuleDefinition library)
    {
        MethodDefinition method = library.GetType(Type).Methods.Single(method => method.Name == Method);
        Instruction[] places = [.. method.Body.Instructions.Where(instruction => instruction.Operand is MemberReference member && member.FullName.EndsWith(Place, StringComparison.Ordinal))];
        if (Occurrence >= places.Length)
        {
            throw new InvalidOperationException($"{Type}.{Method} has {places.Length} places '{Place}': {string.Join(", ", method.Body.Instructions.Select(i => i.Operand).OfType<MemberReference>().Select(m => m.FullName))}");
        }

        ILProcessor code = method.Body.GetILProcessor();
        Instruction last = places[Occurrence];
        if (Pops == Plainly)
        {
            var called = (MethodReference)last.Operand;
            Type[] parameters = [.. called.Parameters.Select(parameter => System.Type.GetType(parameter.ParameterType.FullName.Replace("UInt", "Int"))!)];
            last.Operand = library.ImportReference(typeof(PlainAccess).GetMethod(called.Name, parameters));
            return;
        }

        (last.OpCode, last.Operand) = (Pops > 0 ? OpCodes.Pop : OpCodes.Nop, null);
        for (int i = 1; i < Pops; i++)
        {
            code.InsertAfter(last, last = Instruction.Create(OpCodes.Pop));
        }

        foreach (OpCode push in Result)
        {
            code.InsertAfter(last, last = Instruction.Create(push));
        }

        if (places[Occurrence].Previous is { OpCode.OpCodeType: OpCodeType.Prefix } prefix)
        {
            prefix.OpCode = OpCodes.Nop;
        }
    }

    public override string ToString() => Name;
}
