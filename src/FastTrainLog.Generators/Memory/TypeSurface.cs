namespace FastTrainLog.Generators.Memory;

/// <summary>The parts of a type declaration, including nested ones, that can affect a log method elsewhere.</summary>
/// <param name="Name">The name of the outermost type.</param>
/// <param name="Hash">A hash of its tokens outside of bodies and methods.</param>
/// <param name="Mentioned">The names that those tokens look up.</param>
internal sealed record TypeSurface(string Name, ulong Hash, HashSet<string> Mentioned);
