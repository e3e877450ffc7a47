using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Microsoft.Data.Sqlite;

namespace FastTrainLog.Indexing;

/// <summary>The file of an index: blocks of bytes by name and number, each with a checksum, in an SQLite database.</summary>
/// <remarks>
/// SQLite commits are atomic, even if a process is killed, and one process writes while others wait. The checksum includes name and
/// number too, so that neither an incomplete nor a misplaced block is accepted. Blocks may be read and written by several threads; the rest is not thread-safe.
/// </remarks>
internal sealed class IndexStore : IDisposable
{
    /// <summary>The version of the blocks' content; an index of another version is recreated.</summary>
    public const int Version = 16;

    // "FTLI", which distinguishes it from other databases.
    private const int ApplicationId = 0x46544C49;
    private const int BusySeconds = 30;
    private const int BusySecondsOfReader = 1;
    private const int HashBytes = sizeof(ulong);

    private readonly Lock _gate = new();
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _get;
    private readonly SqliteCommand _put;
    private readonly SqliteCommand _delete;
    private SqliteTransaction? _transaction;

    private IndexStore(SqliteConnection connection)
    {
        _connection = connection;
        _get = Command("SELECT bytes FROM blocks WHERE name = $name AND number = $number");
        _put = Command("INSERT INTO blocks VALUES ($name, $number, $bytes) ON CONFLICT DO UPDATE SET bytes = excluded.bytes", bytes: true);
        _delete = Command("DELETE FROM blocks WHERE name = $name AND number >= $number");
    }

    /// <summary>Gets the encoder of the blocks of series, which is reused for each; one thread at a time uses it.</summary>
    public ColumnWriter Columns { get; } = new();

    /// <summary>Opens or creates an index.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is not an index of this version.</exception>
    /// <exception cref="SqliteException">It is damaged, or cannot be written.</exception>
    public static IndexStore Open(string path)
    {
        SQLitePCL.Batteries_V2.Init();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = BusySeconds }.ToString());
        try
        {
            connection.Open();
            // A rollback journal, because a write-ahead log needs shared memory, which does not work on a network share. What is lost in a power failure is rebuilt.
            Execute(connection, "PRAGMA journal_mode = DELETE; PRAGMA synchronous = NORMAL; PRAGMA cell_size_check = ON");
            using (SqliteTransaction transaction = connection.BeginTransaction(deferred: false))
            {
                long tables = Number(connection, "SELECT count(*) FROM sqlite_master");
                long application = Number(connection, "PRAGMA application_id");
                long version = Number(connection, "PRAGMA user_version");
                if (tables == 0 && application == 0)
                {
                    Execute(connection, $"CREATE TABLE blocks (name TEXT NOT NULL, number INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (name, number)); PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version}");
                }
                else if (application != ApplicationId || version != Version)
                {
                    throw new InvalidDataException($"'{path}' is not an index of version {Version}.");
                }

                transaction.Commit();
            }

            return new IndexStore(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens an index that exists, to read it as it is.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is not an index of this version.</exception>
    /// <exception cref="SqliteException">It is damaged, or locked.</exception>
    public static IndexStore OpenExisting(string path)
    {
        SQLitePCL.Batteries_V2.Init();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = BusySecondsOfReader }.ToString());
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA cell_size_check = ON");
            return Number(connection, "PRAGMA application_id") == ApplicationId && Number(connection, "PRAGMA user_version") == Version
                ? new IndexStore(connection) : throw new InvalidDataException($"'{path}' is not an index of version {Version}.");
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Returns a block.</summary>
    /// <returns>Its bytes, or null if there is none.</returns>
    /// <exception cref="InvalidDataException">It differs from what was written.</exception>
    public byte[]? Get(string name, long number)
    {
        object? found;
        lock (_gate)
        {
            Set(_get, name, number);
            found = _get.ExecuteScalar();
        }

        if (found is not byte[] stored)
        {
            return null;
        }

        int length = stored.Length - HashBytes;
        if (length < 0 || BinaryPrimitives.ReadUInt64LittleEndian(stored.AsSpan(length)) != HashOf(name, number, stored.AsSpan(0, length)))
        {
            throw new InvalidDataException($"Block {number} of '{name}' in the index is damaged.");
        }

        return stored[..length];
    }

    /// <summary>Returns a block that must exist.</summary>
    /// <exception cref="InvalidDataException">It is missing, or differs from what was written.</exception>
    public byte[] Require(string name, long number) => Get(name, number) ?? throw new InvalidDataException($"Block {number} of '{name}' is missing in the index.");

    /// <summary>Writes a block; replaces an existing one.</summary>
    public void Put(string name, long number, ReadOnlySpan<byte> bytes)
    {
        byte[] stored = new byte[bytes.Length + HashBytes];
        bytes.CopyTo(stored);
        BinaryPrimitives.WriteUInt64LittleEndian(stored.AsSpan(bytes.Length), HashOf(name, number, bytes));
        lock (_gate)
        {
            Set(_put, name, number);
            _put.Parameters[2].Value = stored;
            _put.ExecuteNonQuery();
        }
    }

    /// <summary>Deletes the blocks of a name from a number on.</summary>
    public void DeleteFrom(string name, long number)
    {
        lock (_gate)
        {
            Set(_delete, name, number);
            _delete.ExecuteNonQuery();
        }
    }

    /// <summary>Deletes all blocks.</summary>
    public void Clear()
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = "DELETE FROM blocks";
        command.ExecuteNonQuery();
    }

    /// <summary>Writes a copy, as of the last commit, to a file that does not exist.</summary>
    /// <exception cref="SqliteException">Another process is writing, or the file cannot be written.</exception>
    public void CopyTo(string path)
    {
        using var copy = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        copy.Open();
        _connection.BackupDatabase(copy);
    }

    /// <summary>Begins a transaction: readers see it only after the commit, and other writers wait.</summary>
    public IndexWrite Write()
    {
        _transaction = _connection.BeginTransaction(deferred: false);
        return new IndexWrite(this);
    }

    /// <summary>Ends the transaction; without a commit it is rolled back.</summary>
    internal void End(bool commit)
    {
        if (commit)
        {
            _transaction?.Commit();
        }

        _transaction?.Dispose();
        _transaction = null;
    }

    public void Dispose()
    {
        _transaction?.Dispose();
        _get.Dispose();
        _put.Dispose();
        _delete.Dispose();
        _connection.Dispose();
    }

    private static ulong HashOf(string name, long number, ReadOnlySpan<byte> bytes)
    {
        var hash = new XxHash3();
        hash.Append(Encoding.UTF8.GetBytes(name));
        Span<byte> numberBytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(numberBytes, number);
        hash.Append(numberBytes);
        hash.Append(bytes);
        return hash.GetCurrentHashAsUInt64();
    }

    private void Set(SqliteCommand command, string name, long number)
    {
        command.Transaction = _transaction;
        command.Parameters[0].Value = name;
        command.Parameters[1].Value = number;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private SqliteCommand Command(string sql, bool bytes = false)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.Add("$name", SqliteType.Text);
        command.Parameters.Add("$number", SqliteType.Integer);
        if (bytes)
        {
            command.Parameters.Add("$bytes", SqliteType.Blob);
        }

        return command;
    }
}
